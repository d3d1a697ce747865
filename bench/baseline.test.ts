import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import {
  againstBaseline,
  type Baseline,
  moved,
  type Place,
  parseBaseline,
  printBaseline,
  withMeasured,
} from './baseline.ts';
import { spread } from './figures.ts';
import { type Ratio, ratio } from './section.ts';

const place: Place = { commit: '2bf8af3', cores: 2, kernel: 'Linux 6.1', node: '24.21.0' };
const tcp: Ratio = { name: 'TCP, of Node, bare', better: 'higher', rounds: [0.7, 0.8, 0.74, 0.72, 0.76] };
const late: Ratio = { name: 'ms late', better: 'lower', rounds: [0.3, 0.2, 0.4] };
const measured = new Map([
  ['echo', [tcp]],
  ['delay', [late]],
]);
const baseline = withMeasured({}, measured, place);

/** The same ratio with each round multiplied by a factor. */
function times(factor: number, { name, better, rounds }: Ratio): Ratio {
  return { name, better, rounds: rounds.map((figure) => figure * factor) };
}

/** The cells of the row of a ratio. */
function row(text: string, name: string): string[] {
  const line = text.split('\n').find((line) => line.includes(`${name} `)) ?? '';
  return line.trim().split(/ {3,}/);
}

test('a ratio is that of two rounds of the same time', () => {
  expect(ratio('TCP', 'higher', [6, 8], [3, 2])).toEqual({ name: 'TCP', better: 'higher', rounds: [2, 4] });
});

describe('the spread', () => {
  test.each([
    [[5], { median: 5, low: 5, high: 5 }],
    [[3, 1], { median: 2, low: 1.5, high: 2.5 }],
    [[5, 1, 4, 2, 3], { median: 3, low: 2, high: 4 }],
    [[10, 9, 1], { median: 9, low: 5, high: 9.5 }],
  ])('of %j', (figures, expected) => expect(spread(figures)).toEqual(expected));
});

describe('a ratio has moved', () => {
  const before = { median: 1, low: 0.9, high: 1.1 };

  test.each([
    ['higher', { median: 1.3, low: 1.2, high: 1.4 }, 'better'],
    ['higher', { median: 0.7, low: 0.6, high: 0.8 }, 'worse'],
    ['lower', { median: 0.7, low: 0.6, high: 0.8 }, 'better'],
    ['lower', { median: 1.3, low: 1.2, high: 1.4 }, 'worse'],
    ['higher', { median: 1.2, low: 1.1, high: 1.3 }, 'within noise'],
    ['higher', { median: 0.8, low: 0.7, high: 0.9 }, 'within noise'],
    ['lower', { median: 1, low: 0.1, high: 9 }, 'within noise'],
    ['lower', { median: 1, low: 1, high: 1 }, 'within noise'],
  ] as const)('where %s is better, to %j: %s', (better, now, expected) =>
    expect(moved(before, now, better)).toBe(expected),
  );
});

describe('the baseline', () => {
  test('has the ratios, and where they were measured', () => {
    expect(baseline).toEqual({
      echo: {
        ...place,
        ratios: {
          'TCP, of Node, bare': { better: 'higher', rounds: 5, median: 0.74, low: 0.72, high: 0.76 },
        },
      },
      delay: {
        ...place,
        ratios: { 'ms late': { better: 'lower', rounds: 3, median: 0.3, low: 0.25, high: 0.35 } },
      },
    });
  });

  test('keeps the sections that were not measured this time', () => {
    const later = withMeasured(baseline, new Map([['echo', [times(2, tcp)]]]), {
      ...place,
      commit: '32e83c7',
    });
    expect(later.delay).toEqual(baseline.delay);
    expect(later.echo).toMatchObject({ commit: '32e83c7', ratios: { [tcp.name]: { median: 1.48 } } });
  });

  test('loses a ratio that its section has no more, and no section without ratios', () => {
    const later = withMeasured(
      baseline,
      new Map([
        ['echo', [{ ...tcp, name: 'UDP' }]],
        ['memory', []],
      ]),
      place,
    );
    expect(Object.keys(later)).toEqual(['echo', 'delay']);
    expect(Object.keys(later.echo!.ratios)).toEqual(['UDP']);
  });

  test('is read as it was printed', () => {
    expect(parseBaseline(printBaseline(baseline))).toEqual(baseline);
  });

  test.each(['{"echo":{}}', '{"echo":{"ratios":{}}}', '[', '{"echo":{"host":"a","ratios":{}}}'])(
    'is refused: %s',
    (text) => expect(() => parseBaseline(text)).toThrow(),
  );

  test('of the project can be read', () => {
    expect(() =>
      parseBaseline(readFileSync(join(import.meta.dirname, 'baseline.json'), 'utf8')),
    ).not.toThrow();
  });
});

describe('against the baseline', () => {
  test('each ratio is named with what it was, is, and whether it moved', () => {
    const now = new Map([
      ['echo', [times(0.5, tcp)]],
      ['delay', [times(1.1, late)]],
    ]);
    const text = againstBaseline(baseline, now, place);
    expect(row(text, 'echo: TCP, of Node, bare')).toEqual([
      'echo: TCP, of Node, bare',
      '0.74 (0.72 to 0.76)',
      '0.37 (0.36 to 0.38)',
      'worse',
    ]);
    expect(row(text, 'delay: ms late').at(-1)).toBe('within noise');
  });

  test('a ratio that the baseline has not is new', () => {
    expect(row(againstBaseline({}, measured, place), 'echo: TCP, of Node, bare')).toEqual([
      'echo: TCP, of Node, bare',
      '-',
      '0.74 (0.72 to 0.76)',
      'new',
    ]);
  });

  test('a ratio of a section that was measured without it is named too', () => {
    const text = againstBaseline(baseline, new Map([['echo', []]]), place);
    expect(row(text, 'echo: TCP, of Node, bare')).toEqual([
      'echo: TCP, of Node, bare',
      '0.74 (0.72 to 0.76)',
      '-',
      'not measured',
    ]);
    expect(text).not.toContain('ms late');
  });

  test('a section of a single sample is said to have no baseline', () => {
    expect(againstBaseline(baseline, new Map([['memory', []]]), place)).toContain(
      'one sample, so no spread and no baseline: memory',
    );
  });

  test.each<[string, Partial<Place>]>([
    ['cores', { cores: 16 }],
    ['kernel', { kernel: 'Linux 5.10' }],
    ['Node', { node: '26.0.0' }],
  ])('a baseline of another kind of machine is named: %s', (_what, other) => {
    const elsewhere: Baseline = { ...baseline, echo: { ...baseline.echo!, ...other } };
    const text = againstBaseline(elsewhere, measured, { ...place, commit: '32e83c7' });
    const { cores, kernel, node } = elsewhere.echo!;
    expect(text).toContain(
      `  echo: the baseline is from another kind of machine, ${cores} cores, ${kernel}, Node ${node}`,
    );
    expect(text).not.toContain('delay: the baseline is');
  });
});
