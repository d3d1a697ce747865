import { describe, expect, test } from '@jest/globals';
import { udpPacket } from '#lib/packet/testing.ts';
import { Draws } from '#lib/runtime/random.ts';
import { delay } from './delay.ts';
import type { Delay } from './fault.ts';
import { decide } from './testing.ts';

const bytes = udpPacket({ payload: 'hello' });
const highest = 1 - 2 ** -53;

const timeOf = (how: Delay, random: number) =>
  Number(decide(delay, bytes, { delay: how, random })!.detail.delay_ms);

test('sends the packet as it is after the time', () => {
  expect(decide(delay, bytes, { delay: { ms: 50, jitterMs: 0, shape: 'uniform' }, random: 0.3 })).toEqual({
    detail: { delay_ms: 50 },
    steps: [{ do: 'send-later', bytes, milliseconds: 50 }],
    phrase: '50 ms',
  });
});

test('is not drawn when there is no delay', () => {
  expect(decide(delay, bytes)).toBeUndefined();
});

test.each([
  ['the lower end', 50, 5, 0, 45],
  ['the middle', 50, 5, 0.5, 50],
  ['the upper end', 50, 5, highest, 55],
  ['hundredths of a millisecond', 50, 5, 0.123456789, 46.23],
  ['never less than no time', 2, 5, 0, 0],
])('has a time with uniform jitter: %s', (_where, ms, jitterMs, random, time) => {
  expect(timeOf({ ms, jitterMs, shape: 'uniform' }, random)).toBe(time);
});

test.each([0, 0.5, highest])('has a time with normal jitter for the number %d', (random) => {
  const time = timeOf({ ms: 50, jitterMs: 5, shape: 'normal' }, random);
  // Twenty-six bits reach no further than six standard deviations. Times have two decimals.
  expect(Math.abs(time - 50)).toBeLessThanOrEqual(5 * Math.sqrt(2 * 26 * Math.log(2)) + 0.01);
});

describe('20,000 draws', () => {
  const count = 20_000;
  const draws = new Draws('alice', 'delay');
  const numbers = Array.from({ length: count }, (_, index) => draws.at(index + 1));

  // The variance of squares about the variance is 0.8 of its square for a uniform distribution, 2 for a normal one.
  test.each([
    ['uniform', 5 / Math.sqrt(3), 0.8],
    ['normal', 5, 2],
  ] as const)('with %s jitter of 5 ms have the mean and the spread asked for', (shape, spread, excess) => {
    const times = numbers.map((random) => timeOf({ ms: 50, jitterMs: 5, shape }, random));
    const mean = times.reduce((sum, time) => sum + time, 0) / count;
    const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / count;
    // Four standard errors.
    expect(Math.abs(mean - 50)).toBeLessThan((4 * spread) / Math.sqrt(count));
    expect(Math.abs(variance / spread ** 2 - 1)).toBeLessThan(4 * Math.sqrt(excess / count));
  });

  test('with normal jitter are within one standard deviation in 68.3% of all, and within two in 95.4%', () => {
    const away = numbers.map((random) =>
      Math.abs(timeOf({ ms: 50, jitterMs: 5, shape: 'normal' }, random) - 50),
    );
    for (const [within, share] of [
      [5, 0.6827],
      [10, 0.9545],
    ] as const) {
      const found = away.filter((one) => one < within).length / count;
      expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / count));
    }
  });
});
