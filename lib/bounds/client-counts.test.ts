import { beforeEach, expect, test } from '@jest/globals';
import { ClientCounts } from './client-counts.ts';
import { boundOf } from './testing.ts';

const bound = boundOf('READERS', 3, 2);
const { all, each } = bound;
let counts: ClientCounts;

beforeEach(() => {
  counts = new ClientCounts(bound);
});

test('one client leaves places to the others', () => {
  const of = ['a', 'a', 'a', 'b', 'b', 'c'].map((client) => counts.take(client));
  expect(of).toEqual([undefined, undefined, each, undefined, all, all]);
});

test('what is given back is taken again, by anybody', () => {
  for (const client of ['a', 'a', 'b']) counts.take(client);
  counts.giveBack('a');
  expect(counts.take('c')).toBeUndefined();
  counts.giveBack('b');
  expect(['a', 'a'].map((client) => counts.take(client))).toEqual([undefined, each]);
});
