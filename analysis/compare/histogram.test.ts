import { expect, test } from '@jest/globals';
import { Histogram } from './histogram.ts';

test('has median, 99th percentile and maximum to one percent', () => {
  const histogram = new Histogram();
  for (let index = 1; index <= 1_000; index += 1) histogram.add(index / 1_000);
  const { median, p99, longest } = histogram.summary();
  expect(median / 0.5).toBeCloseTo(1, 1.5);
  expect(p99 / 0.99).toBeCloseTo(1, 1.5);
  expect(longest).toBe(1);
  expect(histogram.count).toBe(1_000);
});

test.each([
  ['a single time', [0.000_02], 0.000_02],
  ['equal numbers of short and long times', [0.000_01, 3], 0.000_01],
  ['a few long times', [0.000_01, 0.000_01, 5], 0.000_01],
])('the median of %s', (_which, times, median) => {
  const histogram = new Histogram();
  for (const time of times) histogram.add(time);
  expect(histogram.summary().median / median).toBeCloseTo(1, 1.5);
});

test('counts a negative time, from clocks that differ, as 0', () => {
  const histogram = new Histogram();
  for (const time of [0, -0.001]) histogram.add(time);
  expect(histogram.summary()).toEqual({ median: 0, p99: 0, longest: 0 });
});

test('no percentile is above the maximum', () => {
  const histogram = new Histogram();
  for (let index = 0; index < 60; index += 1) histogram.add(0.001_273_2);
  expect(histogram.summary().p99).toBeLessThanOrEqual(0.001_273_2);
});

test('the lengths of several shares are those of the shortest values', () => {
  const histogram = new Histogram();
  for (let index = 1; index <= 1_000; index += 1) histogram.add(index / 1_000);
  const shares = [0, 0.1, 0.5, 0.99, 1];
  const found = histogram.quantiles(shares);
  expect(found[0]).toBeCloseTo(0.001, 4);
  for (const [at, share] of shares.entries()) if (share > 0) expect(found[at]! / share).toBeCloseTo(1, 1);
  expect(found.at(-1)).toBeLessThanOrEqual(1);
});
