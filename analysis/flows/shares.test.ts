import { expect, test } from '@jest/globals';
import { flow } from '#analysis/report/page/facts-testing.ts';
import { rateOf, sharedFlows } from './shares.ts';

const one = { ...flow(), flow: '3f60ac17', bytes: 1_000_000, seconds: 8 };

test('connections of one flow share', () => {
  const [shared, ...others] = sharedFlows([
    one,
    { ...one, flow: undefined },
    one,
    { ...one, flow: '00000001' },
  ]);
  expect(others).toEqual([]);
  expect(shared).toMatchObject({ flow: '3f60ac17', fairness: 1 });
  expect(shared!.connections).toHaveLength(2);
});

test.each([
  [[1, 1, 1], 1],
  [[1, 0], 0.5],
  [[3, 1], 0.8],
  [[0, 0], 1],
])('the fairness of rates %j is %d', (rates, fairness) => {
  const flows = rates.map((rate) => ({ ...one, bytes: rate }));
  expect(sharedFlows(flows)[0]!.fairness).toBeCloseTo(fairness);
});

test('the rate is in bits per second', () => {
  expect(rateOf(one)).toBe(1_000_000);
  expect(rateOf({ bytes: 1, seconds: 0 })).toBe(0);
});
