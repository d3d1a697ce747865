import { beforeAll, describe, expect, test } from '@jest/globals';
import { renderReport } from '../services/inspect/report/html.ts';
import { emptyReport, reportOf, sampleReport } from '../services/inspect/report/page/testing.ts';
import { buildBrowser, lookAt } from './browser/browser.ts';
import type { Look } from './browser/look.ts';

const IMAGE_IS_BUILT = 600_000;
const PAGE_IS_SEEN = 60_000;

beforeAll(buildBrowser, IMAGE_IS_BUILT);

/** What holds of every report, whatever is in it. */
function expectQuiet({ complaints, asked, views }: Look) {
  expect(complaints).toEqual([]);
  expect(asked).toEqual([]);
  for (const { overhang, hanging } of views) {
    expect(hanging).toEqual([]);
    expect(overhang).toBeLessThanOrEqual(0);
  }
}

describe('a report with something in every part', () => {
  let look: Look;

  beforeAll(async () => {
    look = await lookAt(renderReport(sampleReport()));
  }, PAGE_IS_SEEN);

  test('asks for nothing, and nothing hangs out of the page at 1280 and 400 pixels', () => {
    expectQuiet(look);
    expect(look.views.map(({ width, scheme }) => `${width} ${scheme}`)).toEqual([
      '1280 light',
      '1280 dark',
      '400 light',
      '400 dark',
    ]);
  });

  test('shows each chart once, and the arrows of the first ladder, at both widths', () => {
    for (const { charts, arrows } of look.views) {
      expect(charts).toHaveLength(7);
      expect(arrows).toHaveLength(9);
      for (const { width, height } of [...charts, ...arrows]) {
        expect(width).toBeGreaterThan(200);
        expect(height).toBeGreaterThan(20);
      }
    }
  });

  test('is dark where the reader wants it', () => {
    const papers = look.views.map(({ scheme, paper }) => `${scheme} ${paper}`);
    expect(new Set(papers)).toEqual(new Set(['light rgb(255, 255, 255)', 'dark rgb(20, 23, 27)']));
  });

  test('shows the bytes of an arrow at a click, and at Enter', () => {
    expect(look.ladder.before).toBe(0);
    expect(look.ladder.clicked).toMatch(/^0000 {2}48 65 79 7c 65 34 35 39 39 66 61 39 +Hey\|e4599fa9$/);
    expect(look.ladder.entered).toMatch(/^0000 {2}b7 65 79 7c .* \.ey\|e4599fa9$/);
  });

  test('prints, with every ladder open', () => {
    expect(look.paper.arrows).toBe(11);
    expect(look.paper.octets).toBeGreaterThan(50_000);
  });
});

test(
  'what stands in packets does nothing, however it is written and however long it is',
  async () => {
    const evil = `"><img src=x onerror=alert(1)><script>alert('x')</script>`;
    const look = await lookAt(renderReport(reportOf(evil)));
    expectQuiet(look);
    expect(look.ladder.clicked).toContain('"><img src=x one');
    expectQuiet(await lookAt(renderReport(reportOf('x'.repeat(3_000)))));
  },
  2 * PAGE_IS_SEEN,
);

test(
  'an empty report is a page too',
  async () => {
    const look = await lookAt(renderReport(emptyReport));
    expectQuiet(look);
    expect(look.ladder).toEqual({ before: 0 });
    for (const { charts } of look.views) expect(charts).toEqual([]);
  },
  PAGE_IS_SEEN,
);
