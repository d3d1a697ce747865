import { expect, test } from '@jest/globals';
import type { Match } from '#analysis/join/finding.ts';
import { entriesOf, hasThose } from './entries.ts';
import type { Decided } from './evidence.ts';

function match(
  id: number,
  outcome: string,
  second: number,
  reason: Match['reason'] = 'response-sent',
): Match {
  const timestamp = `2026-01-01T00:00:${String(second).padStart(2, '0')}.000Z`;
  const entry = { timestamp, id, client_ip: '10.0.142.133', client_port: 40_000, outcome, request: id };
  return { kind: 'match', entry, reason, request: [], response: [], shows: undefined };
}

/** A timeout is found after the entries that followed it; the last entry is of a server that started again. */
const decided: Decided = {
  matches: [match(1, '200', 1), match(3, '403', 4), match(2, 'timeout', 2), match(1, '200', 9)],
  ofWire: [],
};
const of = (parts: object) => ({ journal: 'http', where: {}, pick: 'first', ...parts }) as const;

test('entries are in the order in which they were written', () => {
  const outcomes = entriesOf(decided, of({})).map(({ entry }) => entry.outcome);
  expect(outcomes).toEqual(['200', 'timeout', '403', '200']);
});

test('among the first entries, those that come later do not count', () => {
  expect(entriesOf(decided, of({ where: { outcome: '200' } })).length).toBe(2);
  expect(entriesOf(decided, of({ where: { outcome: '200' }, among: 3 })).length).toBe(1);
  expect(entriesOf(decided, of({ where: { outcome: '403' }, among: 2 })).length).toBe(0);
});

test('an entry that packets contradict does not count', () => {
  const forged = { ...decided, matches: [...decided.matches, match(4, '200', 3, 'request-missing')] };
  expect(entriesOf(forged, of({ where: { outcome: '200' } })).map(({ entry }) => entry.id)).toEqual([1, 1]);
  expect(hasThose(forged, of({ among: 5 }))).toBe(true);
});

test('the first entries are there when there are so many', () => {
  expect(hasThose(decided, of({ among: 4 }))).toBe(true);
  expect(hasThose(decided, of({ among: 5 }))).toBe(false);
  expect(hasThose(decided, of({}))).toBe(true);
});
