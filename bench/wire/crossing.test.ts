import { describe, expect, test } from '@jest/globals';
import type { Seen } from './captures.ts';
import { copies, delays, flipped, histogram, lossRuns, moments, overtaken, rateOf } from './crossing.ts';

/** Datagrams with these numbers, a ms apart. */
function seen(numbers: readonly number[], from = 0, payload = 'aaaa'): Seen[] {
  return numbers.map((number, index) => ({
    number,
    time: from + index,
    bytes: 125,
    payload: Buffer.from(payload),
  }));
}

const sent = seen([0, 1, 2, 3, 4, 5]);

describe('a crossing shows', () => {
  test('each run of losses, also at the end', () => {
    expect(lossRuns({ sent, arrived: seen([0, 3]) })).toEqual([2, 2]);
    expect(lossRuns({ sent, arrived: seen([0, 1, 2, 4, 5]) })).toEqual([1]);
    expect(lossRuns({ sent, arrived: sent })).toEqual([]);
  });

  test('how long each datagram took the first time', () => {
    expect(delays({ sent, arrived: seen([0, 1, 1, 3], 50) })).toEqual([50, 50, 50]);
  });

  test('copies, and which ones were overtaken', () => {
    const arrived = seen([0, 2, 1, 3, 3, 5, 4]);
    expect(copies({ sent, arrived })).toBe(1);
    expect(overtaken({ sent, arrived })).toBe(2);
  });

  test('datagrams with other bytes, and their bits', () => {
    const arrived = [...seen([0]), ...seen([1], 0, 'aaab'), ...seen([2], 0, 'baaa'), ...seen([9])];
    expect(flipped({ sent, arrived })).toEqual({ packets: 2, bits: 4 });
  });

  test('the rate, without the frame that departed first', () => {
    expect(rateOf({ sent, arrived: seen([0, 1, 2]) })).toBe(1_000_000);
    expect(rateOf({ sent, arrived: [] })).toBeNaN();
  });
});

test('the mean and the standard deviation', () => {
  expect(moments([2, 4, 4, 4, 5, 5, 7, 9])).toEqual({ mean: 5, spread: 2 });
});

test('the bars of a histogram; what is outside belongs to its ends', () => {
  expect(histogram([-5, 1, 3, 3, 99], 0, 4, 4)).toBe('▃▃▁█');
});
