import { describe, expect, test } from '@jest/globals';
import { Draws } from '#lib/runtime/random.ts';
import { HandIn } from './hand-in.ts';
import { type Judged, nothingJudged } from './judged.ts';
import { comparePairs } from './pairs.ts';

let number = 0;

function handIn(student: string, judged: Partial<Judged> = {}): HandIn {
  number += 1;
  const assignment = { sheet: 'echo', course: '', student, nonce: '', language: 'en' } as const;
  return new HandIn(`${number}.tgz`, { ...nothingJudged, assignment, ...judged }, 1);
}

const nothing = nothingJudged.traces;
const connection = { port: 40_000, time: 1_000.5, client: 1, server: 2, frame: 7 };
const flagsOf = (handIns: readonly HandIn[]) => {
  comparePairs(handIns);
  return handIns.map(({ flags }) => flags.map(({ flag }) => flag));
};

describe('two students', () => {
  test('that share nothing have no flag', () => {
    const other = { port: 40_001, time: 1_000.5, client: 1, server: 3, frame: 7 };
    const one = handIn('ann', { traces: { ...nothing, connections: [connection] }, publicKey: 'a' });
    const two = handIn('bob', { traces: { ...nothing, connections: [other] }, publicKey: 'b' });
    expect(flagsOf([one, two])).toEqual([[], []]);
  });

  test.each([
    ['same-file', { files: [{ name: 'echo.log', bytes: 900, sha256: 'ab' }] }],
    [
      'same-sequence-numbers',
      { traces: { ...nothing, connections: [{ ...connection, port: 0, time: 0 }] } },
      { traces: { ...nothing, connections: [{ ...connection, port: 1, time: 5 }] } },
    ],
    ['same-tls-randoms', { traces: { ...nothing, randoms: [{ random: 'cafe', frame: 4 }] } }],
    ['same-ports-and-times', { traces: { ...nothing, ports: [{ port: 40_000, time: 1.25, frame: 4 }] } }],
    ['same-key', { publicKey: 'the same' }],
  ] as const)(
    'have %s, both of them, with the name of the other',
    (flag, ...[first, second = first]: readonly Partial<Judged>[]) => {
      const handIns = [handIn('ann', first), handIn('bob', second), handIn('eve')];
      expect(flagsOf(handIns)).toEqual([[flag], [flag], []]);
      expect(handIns[0]!.flags[0]!.details[0]).toMatch(/^bob: /);
      expect(handIns[1]!.flags[0]!.details[0]).toMatch(/^ann: /);
    },
  );

  test('may have the same empty file', () => {
    const files = [{ name: 'flow.log', bytes: 0, sha256: 'e3b0' }];
    expect(flagsOf([handIn('ann', { files }), handIn('bob', { files })])).toEqual([[], []]);
  });

  test('have the same ports, and times that were shifted together', () => {
    const starts = [10, 12.5, 19.25, 30];
    const connections = starts.map((time, at) => ({ ...connection, port: 40_000 + at, time, client: at }));
    const shifted = connections.map((one) => ({ ...one, time: one.time + 3_600, client: one.client + 100 }));
    const handIns = [
      handIn('ann', { traces: { ...nothing, connections } }),
      handIn('bob', { traces: { ...nothing, connections: shifted } }),
    ];
    expect(flagsOf(handIns)).toEqual([['same-ports-and-times'], ['same-ports-and-times']]);
    expect(handIns[0]!.flags[0]!.details).toEqual([
      'bob: 4 connections from the same ports, each 3600 s apart',
    ]);
    const three = connections.slice(0, 3);
    const ann = handIn('ann', { traces: { ...nothing, connections: three } });
    expect(
      flagsOf([ann, handIn('bob', { traces: { ...nothing, connections: shifted.slice(0, 3) } })]),
    ).toEqual([[], []]);
  });

  /** What two honest students do with one program: ports that follow each other, and waits that differ by less than 0.1 ms. */
  test('may have the same ports and much the same waits', () => {
    const run = (student: string, began: number) => {
      const waits = new Draws(student, 'waits');
      let time = began;
      const connections = Array.from({ length: 100 }, (_, at) => {
        time += 0.001 + waits.at(at + 1) / 10_000;
        return { ...connection, port: 40_000 + 2 * at, time, client: time, server: at };
      });
      return handIn(student, { traces: { ...nothing, connections } });
    };
    expect(flagsOf([run('ann', 1_796_000_000), run('bob', 1_796_003_600)])).toEqual([[], []]);
  });

  test('are compared in time when all connections have one port', () => {
    const connections = Array.from({ length: 500 }, (_, at) => ({
      ...connection,
      time: at * at,
      client: at,
    }));
    const later = connections.map((one) => ({ ...one, time: one.time + 7, client: one.client + 1_000 }));
    const handIns = [
      handIn('ann', { traces: { ...nothing, connections } }),
      handIn('bob', { traces: { ...nothing, connections: later } }),
    ];
    comparePairs(handIns);
    expect(handIns[0]!.flags.at(-1)!.details.at(-1)).toBe(
      'bob: 500 connections from the same ports, each 7 s apart',
    );
  });

  test('have the numbers of one of them', () => {
    const own = { seed: '1', address: '10.0.0.1', runSeed: '1', runAddress: '10.0.0.1' };
    const theirs = { ...own, seed: '2', address: '10.0.0.2' };
    const handIns = [handIn('ann', { numbers: own }), handIn('bob', { numbers: theirs })];
    expect(flagsOf(handIns)).toEqual([[], ['numbers-of-another']]);
    expect(handIns[1]!.flags[0]!.details).toEqual(['ann: seed 1, address 10.0.0.1']);
  });
});

test('two hand-ins of one student are no pair, and both are named', () => {
  const same = { publicKey: 'a', traces: { ...nothing, connections: [connection] } };
  expect(flagsOf([handIn('ann', same), handIn('ann', same)])).toEqual([
    ['several-hand-ins'],
    ['several-hand-ins'],
  ]);
});

test('two sheets of one student may share her key', () => {
  const assignment = { sheet: 'http', course: '', student: 'ann', nonce: '', language: 'en' } as const;
  const handIns = [handIn('ann', { publicKey: 'a' }), handIn('ann', { publicKey: 'a', assignment })];
  expect(flagsOf(handIns)).toEqual([[], []]);
});
