import { expect, test } from '@jest/globals';
import { interval } from './interval.ts';

// Wilson's score interval without correction, computed by R's binom::binom.confint(method = 'wilson').
test.each([
  [0, 10, 0, 0.2775],
  [1, 10, 0.0179, 0.4042],
  [5, 10, 0.2366, 0.7634],
  [10, 10, 0.7225, 1],
  [20, 100, 0.1334, 0.2888],
  [15, 50, 0.191, 0.4375],
  [200, 1_000, 0.1764, 0.2259],
])('%d of %d is between %d and %d', (count, total, low, high) => {
  const found = interval(count, total);
  expect(found.low).toBeCloseTo(low, 3);
  expect(found.high).toBeCloseTo(high, 3);
});

test('0 of 0 may be any share', () => {
  expect(interval(0, 0)).toEqual({ low: 0, high: 1 });
});
