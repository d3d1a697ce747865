import { expect, test } from '@jest/globals';
import { intervalOf, Series, ticksTo } from './series.ts';

test('a series keeps the newest points', () => {
  const series = new Series(100);
  for (let time = 0; time < 1_000; time += 1) series.add([[time, time]]);
  expect(series.points.length).toBeLessThanOrEqual(120);
  expect(series.points.at(-1)).toEqual([999, 999]);
  expect(series.since(997.5)[0]).toEqual([997, 997]);
  expect(series.since(5_000)).toEqual([[999, 999]]);
  series.add([[999, 5]]);
  expect(series.points.at(-1)).toEqual([999, 5]);
  expect(series.points.at(-2)).toEqual([998, 998]);
});

test.each([
  [10, [0, 5, 10]],
  [0.37, [0, 0.1, 0.2, 0.3, 0.4]],
  [1_234, [0, 500, 1_000, 1_500]],
  [0, [0, 1]],
])('an axis to %d has round numbers', (highest, ticks) => {
  expect(ticksTo(highest)).toEqual(ticks.map((tick) => expect.closeTo(tick, 9)));
});

test('the interval of a share is wide for few, and narrow for many', () => {
  expect(intervalOf(0, 0)).toEqual([0, 1]);
  const [low, high] = intervalOf(4, 20);
  expect(low).toBeCloseTo(0.081, 3);
  expect(high).toBeCloseTo(0.416, 3);
  const [lower, higher] = intervalOf(400, 2_000);
  expect(higher - lower).toBeLessThan(0.04);
});
