import { expect, test } from '@jest/globals';
import { exponentialBackoff, noBackoff } from './backoff.ts';

const waits = (random: number) => {
  const backoff = exponentialBackoff({ first: 100, longest: 1_000, random: () => random });
  return [1, 2, 3, 4, 5, 6].map(backoff);
};

test('without backoff there is no wait', () => {
  expect([1, 2, 3].map(noBackoff)).toEqual([0, 0, 0]);
});

test.each([
  [1, [100, 200, 400, 800, 1_000, 1_000]],
  [0.5, [50, 100, 200, 400, 500, 500]],
  [0, [0, 0, 0, 0, 0, 0]],
])('the longest wait doubles up to a limit, and the jitter %d takes that share of it', (random, expected) => {
  expect(waits(random)).toEqual(expected);
});
