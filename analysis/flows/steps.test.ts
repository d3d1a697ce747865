import { expect, test } from '@jest/globals';
import { larger, later, Steps, sum } from './steps.ts';

const put = (steps: Steps<number>, ...points: readonly (readonly [at: number, value: number])[]) => {
  for (const [at, value] of points) steps.put(at, value);
  return steps.entries.map((entry) => [entry.at, entry.value]);
};

test('values of one step are merged, and keep the time of the first', () => {
  expect(put(new Steps(larger, { step: 1 }), [0.2, 3], [0.9, 5], [0.95, 1], [1.1, 2])).toEqual([
    [0.2, 5],
    [1.1, 2],
  ]);
});

test('the step doubles until there is room', () => {
  const steps = new Steps(sum, { step: 1, most: 4 });
  for (let at = 0; at < 100; at += 1) steps.put(at, 1);
  expect(steps.step).toBe(32);
  expect(steps.entries.map(({ value }) => value)).toEqual([32, 32, 32, 4]);
});

test('a value that is a little too early counts to the latest step', () => {
  expect(put(new Steps(later, { step: 1 }), [1.2, 3], [0.9, 5])).toEqual([[1.2, 5]]);
});
