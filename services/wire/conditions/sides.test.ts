import { describe, expect, test } from '@jest/globals';
import { changed, describeTexts, parseTexts, readSides, typedName } from './sides.ts';

test.each([
  ['reorderBy', 'REORDER_BY'],
  ['loss', 'LOSS'],
] as const)('%s is typed as %s', (name, typed) => {
  expect(typedName(name)).toBe(typed);
});

describe('a setting', () => {
  test.each([
    ['50ms', { up: '50ms', down: '50ms' }],
    [' 50ms ', { up: '50ms', down: '50ms' }],
    ['up:50ms', { up: '50ms' }],
    ['down:20ms', { down: '20ms' }],
    ['up:50ms down:20ms', { up: '50ms', down: '20ms' }],
    ['down:1mbit  up:2mbit', { up: '2mbit', down: '1mbit' }],
    [
      'up:drop tcp data 5, drop ack 3 down:drop syn-ack 1',
      { up: 'drop tcp data 5, drop ack 3', down: 'drop syn-ack 1' },
    ],
    ['replace up:a=up:b', { up: 'replace up:a=up:b', down: 'replace up:a=up:b' }],
  ])('%j is for each direction %j', (text, sides) => {
    expect(readSides(text)).toEqual(sides);
  });
});

describe('a change', () => {
  test.each([
    [{}, { delay: '50ms' }, { delay: '50ms' }],
    [{ delay: '50ms' }, { rate: '1mbit' }, { delay: '50ms', rate: '1mbit' }],
    [{}, { loss: '0.05' }, { faults: 'loss=0.05' }],
    [{ faults: 'loss=0.05' }, { duplicate: '0.1' }, { faults: 'loss=0.05,duplicate=0.1' }],
    [{ faults: 'loss=0.05,duplicate=0.1' }, { loss: 'none' }, { faults: 'duplicate=0.1' }],
    [{ faults: 'loss=0.05' }, { loss: '0' }, { faults: 'none' }],
    [{ faults: 'loss=0.05' }, { faults: 'reorder=0.1', loss: '0.2' }, { faults: 'reorder=0.1,loss=0.2' }],
  ])('of %j by %j gives %j', (before, change, after) => {
    expect(changed(before, change)).toEqual({ texts: after, problems: [] });
  });

  test.each(['x', '', '-1', '2', '0.1,duplicate=0.2'])('by a probability of %j is refused', (loss) => {
    expect(changed({ delay: '1ms' }, { loss, rate: '1mbit' })).toEqual({
      texts: { delay: '1ms', rate: '1mbit' },
      problems: ['loss: allowed: a probability from 0 to 1, or none'],
    });
  });
});

describe('the conditions of a direction', () => {
  const readAll = (texts: Parameters<typeof parseTexts>[0]) => {
    const parsed = parseTexts(texts);
    if ('problems' in parsed) throw new Error(parsed.problems.join());
    return parsed.value;
  };
  const chanceOf = (texts: Parameters<typeof parseTexts>[0]) => {
    const { faults } = readAll(texts);
    return faults.kind === 'probabilities' ? faults.of.get('tamper') : undefined;
  };

  test('have every problem, each with its name', () => {
    expect(parseTexts({ delay: 'x', queue: '0', aqm: 'fair' })).toEqual({
      problems: [
        expect.stringMatching(/^delay: allowed: /),
        expect.stringMatching(/^queue: allowed: /),
        'aqm: allowed: tail-drop, red, codel',
      ],
    });
  });

  test('tamper with every packet that no other fault strikes', () => {
    expect(chanceOf({ tamper: 'rst' })).toBe(1);
    expect(chanceOf({ tamper: 'rst', faults: 'loss=0.25' })).toBe(0.75);
  });

  test('tamper as often as a probability says, or only where a script says so', () => {
    expect(chanceOf({ tamper: 'rst', faults: 'tamper=0.1' })).toBe(0.1);
    expect(chanceOf({ tamper: 'rst', script: 'tamper tcp data 3' })).toBeUndefined();
  });

  test.each([
    ['faults', 'tamper=0.1'],
    ['script', 'drop 1, tamper data 2'],
  ])('refuse %s that tamper, when nothing says how', (name, text) => {
    expect(parseTexts({ [name]: text })).toEqual({
      problems: [expect.stringMatching(new RegExp(`^${name}: .*TAMPER=rst`))],
    });
    expect(parseTexts({ [name]: text, tamper: 'rst' })).not.toHaveProperty('problems');
  });
});

test.each([
  [{}, 'nothing is changed'],
  [{ delay: '0ms', queue: '100' }, 'nothing is changed'],
  [{ faults: 'loss=0.05', delay: '0.05s' }, 'FAULTS=loss=0.05 DELAY=50ms'],
  [{ filter: 'tcp data', tamper: "replace it's=it is" }, "TAMPER='replace it'\\''s=it is' FILTER='tcp data'"],
])('%j is typed as %s', (texts, typed) => {
  expect(describeTexts(texts)).toBe(typed);
});
