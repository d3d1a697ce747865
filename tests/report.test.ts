import { beforeAll, expect, test } from '@jest/globals';
import { renderReport } from '#analysis/report/page/html.ts';
import { emptyReport, reportOf } from '#analysis/report/page/testing.ts';
import { buildBrowser, lookAt } from './browser/browser.ts';
import { expectQuiet } from './browser/expect-quiet.ts';

const IMAGE_IS_BUILT = 600_000;
const PAGE_IS_SEEN = 60_000;

beforeAll(buildBrowser, IMAGE_IS_BUILT);

test(
  'no text of a packet becomes markup or breaks the page, however long it is',
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
