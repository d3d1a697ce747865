import { beforeEach, expect, test } from '@jest/globals';
import { ClientCounts } from './client-counts.ts';
import { boundOf } from './testing.ts';

const bound = boundOf('READERS', 3, 2);
const { all, each } = bound;
let counts: ClientCounts;

beforeEach(() => {
  counts = new ClientCounts(bound);
});

test('one client can not take all places', () => {
  const of = ['a', 'a', 'a', 'b', 'b', 'c'].map((client) => counts.take(client));
  expect(of).toEqual([undefined, undefined, each, undefined, all, all]);
});

test('a freed place can be taken by any client', () => {
  for (const client of ['a', 'a', 'b']) counts.take(client);
  counts.giveBack('a');
  expect(counts.take('c')).toBeUndefined();
  counts.giveBack('b');
  expect(['a', 'a'].map((client) => counts.take(client))).toEqual([undefined, each]);
});
