import { expect, test } from '@jest/globals';
import { statisticOf } from './statistics.ts';

const found = [
  { number: 3, values: ['20.5'] },
  { number: 7, values: ['8 9'] },
  { number: 9, values: ['31.5'] },
];

test.each([
  ['largest', '31.5', [9]],
  ['smallest', '8', [7]],
  ['mean', '20', [3, 7, 9]],
  ['sum', '60', [3, 7, 9]],
] as const)('the %s of values is %s, and its frames show it', (statistic, value, numbers) => {
  expect(statisticOf(statistic, found, 'client')).toEqual({
    values: [value],
    frames: numbers.map((number) => ({ capture: 'client', number })),
  });
});

test('no frames have no statistic', () => {
  expect(statisticOf('mean', [], 'client')).toBeUndefined();
  expect(statisticOf('mean', [{ number: 1, values: ['x'] }], 'client')).toBeUndefined();
});
