import { describe, expect, test } from '@jest/globals';
import { drawPlot, type Plot } from './plot.ts';

/** One unit of the axes is 100 pixels of the wide drawing or fewer; the paths of the series have this colour alone. */
function pathsOf(
  series: Plot['series'][number],
  size: 'wide' | 'narrow' = 'wide',
  isDense = false,
): string[] {
  const { text } = drawPlot({
    alternative: 'A plot of a test.',
    x: { name: 'x', min: 0, max: 8 },
    y: { name: 'y', min: 0, max: 4 },
    height: 80,
    isDense,
    series: [series],
  });
  const [, svg = ''] = new RegExp(`<svg class="${size}"([\\s\\S]*?)</svg>`).exec(text) ?? [];
  return [...svg.matchAll(/<path d="([^"]*)"[^>]*var\(--bad\)/g)].map(([, path]) => path!);
}

/** How many corners a path has. */
const corners = (path = '') => path.match(/[ML]/g)?.length;

describe('a line through points', () => {
  const path = [
    [0, 1],
    [2, 3],
    [4, 3],
  ] as const;

  test('goes straight from one to the next', () => {
    expect(corners(pathsOf({ shape: 'path', colour: 'bad', path })[0])).toBe(3);
  });

  test('in stairs holds each value until the next', () => {
    const [stairs = ''] = pathsOf({ shape: 'stairs', colour: 'bad', path });
    const places = stairs.split(/[ML]/).slice(1);
    expect(corners(stairs)).toBe(4);
    // The first step goes across, the second one up.
    expect(places[1]!.split(' ')[1]).toBe(places[0]!.split(' ')[1]);
    expect(places[2]!.split(' ')[0]).toBe(places[1]!.split(' ')[0]);
  });

  test('as an area begins and ends at 0', () => {
    const [area = ''] = pathsOf({ shape: 'area', colour: 'bad', path });
    const places = area.split(/[ML]/).slice(1);
    expect(places.at(-1)!.split(' ')[1]).toBe(places[0]!.split(' ')[1]);
    expect(places).toHaveLength(6);
  });

  test('has each pixel once', () => {
    const many = Array.from({ length: 1_000 }, (_, at) => [at / 1e6, 1] as const);
    expect(corners(pathsOf({ shape: 'path', colour: 'bad', path: many })[0])).toBeLessThanOrEqual(3);
  });

  test('is rounded to whole pixels on a narrow page if the plot is dense', () => {
    const line = {
      shape: 'path',
      colour: 'bad',
      path: [
        [1.23, 1.11],
        [3.45, 2.22],
      ],
    } as const;
    expect(pathsOf(line, 'narrow', true)[0]).toMatch(/^M\d+ \d+L\d+ \d+$/);
    expect(pathsOf(line, 'wide', true)[0]).toContain('.');
  });

  test('without points draws nothing', () => {
    expect(pathsOf({ shape: 'stairs', colour: 'bad', path: [] }).join('')).toBe('');
  });
});

/** The labels of the x axis of both drawings. */
function labelsOf(x: Plot['x']): number[][] {
  const { text } = drawPlot({
    ...{ alternative: 'A plot of a test.', x, y: ['a row'], height: 80 },
    series: [{ shape: 'dot', colour: 'ink', points: [[x.min ?? 0, 0]] }],
  });
  return ['wide', 'narrow'].map((size) => {
    const [, svg = ''] = new RegExp(`<svg class="${size}"([\\s\\S]*?)</svg>`).exec(text) ?? [];
    return [...svg.matchAll(/>([\d.]+)<\/text>/g)].map(([, label]) => Number(label));
  });
}

test('the end of an axis has a label only if it is as round as the others', () => {
  expect(labelsOf({ name: 'x', min: 0, max: 0.895_584_106_445_312_5 })).toEqual([
    [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8],
    [0, 0.2, 0.4, 0.6, 0.8],
  ]);
  expect(labelsOf({ name: 'x', min: 0.39, max: 0.62 })[1]).toEqual([0.4, 0.45, 0.5, 0.55, 0.6]);
  expect(labelsOf({ name: 'x', min: 0, max: 80 })[1]).toEqual([0, 20, 40, 60, 80]);
});

test('the legend has the look of each series', () => {
  const { text } = drawPlot({
    alternative: 'A plot of a test.',
    x: { name: 'x' },
    y: { name: 'y' },
    height: 80,
    series: [
      { shape: 'area', colour: 'good', path: [[0, 1]], means: 'an area' },
      { shape: 'dotted', colour: 'good', path: [[0, 1]], means: 'dots' },
      {
        shape: 'band',
        colour: 'good',
        isUpright: true,
        lines: [
          [
            [0, 1],
            [0, 2],
          ],
        ],
        means: 'upright',
      },
      {
        shape: 'line',
        colour: 'good',
        lines: [
          [
            [0, 1],
            [1, 1],
          ],
        ],
      },
    ],
  });
  const legend = text.slice(text.indexOf('<figcaption>'));
  expect(legend.match(/<span class="key">/g)).toHaveLength(3);
  expect(legend).toMatch(/d="M2 3h24v14h-24z" fill="var\(--good\)"[\s\S]*an area/);
  expect(legend).toMatch(/stroke-dasharray="1 4"[\s\S]*dots/);
  expect(legend).toMatch(/d="M14 3v14" fill="none"[\s\S]*upright/);
});
