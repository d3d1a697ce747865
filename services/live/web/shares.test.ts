import { expect, test } from '@jest/globals';
import { Shares } from './shares.ts';

test('one client gets half of the places, and all clients get all', () => {
  const shares = new Shares(4);
  const leave = shares.take('a');
  expect(shares.limitFor('a')).toBeUndefined();
  shares.take('a');
  expect([shares.limitFor('a'), shares.limitFor('b')]).toEqual(['each', undefined]);
  shares.take('b');
  shares.take('b');
  expect([shares.limitFor('a'), shares.limitFor('c')]).toEqual(['most', 'most']);
  leave();
  leave();
  expect([shares.limitFor('a'), shares.limitFor('b')]).toEqual([undefined, 'each']);
});

test('who has no name may take all', () => {
  const shares = new Shares(3);
  for (let count = 0; count < 3; count += 1) {
    expect(shares.limitFor(undefined)).toBeUndefined();
    shares.take(undefined);
  }
  expect(shares.limitFor(undefined)).toBe('most');
});
