import { beforeEach, expect, test } from '@jest/globals';
import { Places } from './places.ts';
import { boundOf } from './testing.ts';

const bound = boundOf('READERS', 3, 2);
const { all, each } = bound;
let places: Places;

beforeEach(() => {
  places = new Places(bound);
});

test('one client leaves places to the others', () => {
  const of = ['a', 'a', 'a', 'b', 'b', 'c'].map((client) => places.take(client));
  expect(of).toEqual([undefined, undefined, each, undefined, all, all]);
});

test('what is given back is taken again, by anybody', () => {
  for (const client of ['a', 'a', 'b']) places.take(client);
  places.giveBack('a');
  expect(places.take('c')).toBeUndefined();
  places.giveBack('b');
  expect(['a', 'a'].map((client) => places.take(client))).toEqual([undefined, each]);
});
