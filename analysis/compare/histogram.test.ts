import { expect, test } from '@jest/globals';
import { Histogram } from './histogram.ts';

test('tells median, 99th percentile and the longest to a hundredth', () => {
  const histogram = new Histogram();
  for (let index = 1; index <= 1_000; index += 1) histogram.add(index / 1_000);
  const { median, p99, longest } = histogram.summary();
  expect(median / 0.5).toBeCloseTo(1, 1.5);
  expect(p99 / 0.99).toBeCloseTo(1, 1.5);
  expect(longest).toBe(1);
  expect(histogram.count).toBe(1_000);
});

test.each([
  ['one time', [0.000_02], 0.000_02],
  ['as many short as long ones', [0.000_01, 3], 0.000_01],
  ['a few that are long', [0.000_01, 0.000_01, 5], 0.000_01],
])('the median of %s', (_which, times, median) => {
  const histogram = new Histogram();
  for (const time of times) histogram.add(time);
  expect(histogram.summary().median / median).toBeCloseTo(1, 1.5);
});

test('takes no time, or less when clocks differ, for none', () => {
  const histogram = new Histogram();
  for (const time of [0, -0.001]) histogram.add(time);
  expect(histogram.summary()).toEqual({ median: 0, p99: 0, longest: 0 });
});

test('no share of them took longer than the longest', () => {
  const histogram = new Histogram();
  for (let index = 0; index < 60; index += 1) histogram.add(0.001_273_2);
  expect(histogram.summary().p99).toBeLessThanOrEqual(0.001_273_2);
});
