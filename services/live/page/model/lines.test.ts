import { expect, test } from '@jest/globals';
import { itemsOf, keyOf, spaceOf, WAIT } from './items.ts';
import { Lines, linesAround, packetsAround } from './lines.ts';
import { packetOf } from './packet-testing.ts';

const run = { run: 1, command: 'echo', typed: 'make echo MSG=Hey', time: 10 } as const;
const printed = (first: number, lines: readonly string[], time: number) => ({ run: 1, first, lines, time });

test('lines of commands are kept in order, with what was typed and how it ended', () => {
  const lines = new Lines();
  lines.start(run);
  lines.start(run);
  lines.print(printed(1, ['[CLIENT] Attempts: 1', '[CLIENT] Attempts: 2'], 11));
  expect(lines.running).toEqual([run]);
  lines.end(1, 1, 9);
  expect(lines.running).toEqual([]);
  expect(lines.all.map(({ kind, time }) => [kind, time])).toEqual([
    ['typed', 10],
    ['printed', 11],
    ['printed', 11],
    ['ended', 11],
  ]);
});

test('lines that come again are there once, with the time that they had, and lost ones leave a mark', () => {
  const lines = new Lines();
  lines.start(run);
  lines.print(printed(1, ['a', 'b'], 11));
  lines.print(printed(1, ['a', 'b', 'c'], 20));
  lines.print(printed(6, ['f'], 21));
  lines.print(printed(3, ['c'], 22));
  expect(lines.all.map(({ text, time }) => [text, time])).toEqual([
    [run.typed, 10],
    ['a', 11],
    ['b', 11],
    ['c', 20],
    ['…', 21],
    ['f', 21],
  ]);
});

test('who begins again has the commands that run, and those that ended meanwhile have ended', () => {
  const lines = new Lines();
  lines.start(run);
  lines.print(printed(1, ['a'], 11));
  lines.start({ ...run, run: 2 });
  const other = { ...run, run: 3, printed: [] };
  lines.begin(
    { runs: [{ ...run, printed: [printed(1, ['a', 'b'], 12)] }, other], ended: [{ run: 2, code: 7 }] },
    30,
  );
  expect(lines.running.map((one) => one.run)).toEqual([1, 3]);
  expect(lines.all.map(({ kind, text, code }) => [kind, text, code])).toEqual([
    ['typed', run.typed, undefined],
    ['printed', 'a', undefined],
    ['typed', run.typed, undefined],
    ['ended', '', 7],
    ['printed', 'b', undefined],
    ['typed', run.typed, undefined],
  ]);
  lines.begin({ runs: [], ended: [] }, 31);
  lines.start({ ...run, run: 3 });
  expect(lines.running).toEqual([]);
  expect(lines.all.at(-1)).toMatchObject({ kind: 'ended', run: 3, code: undefined });
});

test('a line of 64 KiB is cut, and their number is bounded', () => {
  const lines = new Lines();
  lines.print(printed(1, ['x'.repeat(65_536)], 1));
  expect(lines.all[0]!.text).toMatch(/^x+… \(65536\)$/);
  expect(lines.all[0]!.text.length).toBeLessThan(600);
  for (let first = 2; first < 5_000; first += 100)
    lines.print(printed(first, new Array<string>(100).fill('more'), 2));
  expect(lines.all.length).toBeLessThanOrEqual(2_200);
});

test('a line and the packets of its moment know each other', () => {
  const packets = [1, 2, 3].map((id) => packetOf({ id, time: id }));
  expect(packetsAround(packets, 2.1)).toEqual([2]);
  expect(packetsAround(packets, 2.5)).toEqual([2]);
  expect(packetsAround(packets, 0.5)).toEqual([]);
  const lines = new Lines();
  lines.print(printed(1, ['a'], 2.1));
  lines.print(printed(1, ['b'], 2.9));
  expect(linesAround(lines.all, 2)).toEqual([1]);
});

test('the ladder has lines between packets, and says what was left out', () => {
  const packets = [1, 2, 3].map((id) => packetOf({ id, time: id }));
  const lines = new Lines();
  lines.start({ ...run, time: 0.5 });
  lines.print(printed(1, ['a'], 2.5));
  lines.print(printed(2, ['b'], 7));
  const items = itemsOf(packets, lines.all, [
    { count: 40, after: 1, before: 42 },
    { count: 2, after: 1, before: 44 },
  ]);
  expect(items.map(({ key }) => key)).toEqual([
    keyOf('line', 1),
    keyOf('packet', 1),
    keyOf('omitted', 1),
    keyOf('packet', 2),
    keyOf('line', 2),
    keyOf('packet', 3),
    keyOf('line', 3),
  ]);
  expect(new Set(items.map(({ key }) => key)).size).toBe(7);
  expect(items[1]).toMatchObject({ gap: undefined });
  expect(items[2]).toMatchObject({ count: 42 });
  expect(items[3]).toMatchObject({ gap: 1 });
});

test('the space between two packets grows with the logarithm of the time', () => {
  expect([undefined, 0, 1e-5, 1e-3, WAIT, 100].map(spaceOf)).toEqual([0, 0, 0, 0.5, 1, 1]);
});
