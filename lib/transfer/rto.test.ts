import { describe, expect, test } from '@jest/globals';
import { backedOffRto, initialRto, measuredRto, type Rto } from './rto.ts';

const limits = { min: 1, max: 60_000 };

/** The estimate after these round trips. */
function known(roundTrips: readonly number[], within = limits): Rto {
  return roundTrips.reduce((rto, time) => measuredRto(rto, time, within), initialRto(within));
}

// Computed by hand from RFC 6298, 2.2 and 2.3: time + 4 * variation.
test.each<[string, number[], number, Rto['smoothed']]>([
  ['nothing was measured: one second', [], 1_000, undefined],
  ['the first round trip: its half is the variation', [100], 300, { time: 100, variation: 50 }],
  ['a longer one', [100, 200], 362.5, { time: 112.5, variation: 62.5 }],
  ['the same as expected: the variation shrinks', [100, 200, 112.5], 300, { time: 112.5, variation: 46.875 }],
  ['a shorter one, whose difference counts the same', [100, 60], 285, { time: 95, variation: 47.5 }],
  ['none at all: a tick of the clock is left', [0], 1, { time: 0, variation: 0 }],
])('the timeout after %s', (_what, roundTrips, timeout, smoothed) => {
  expect(known(roundTrips)).toEqual({ timeout, smoothed });
});

test('the variation counts at least as one tick of the clock', () => {
  expect(measuredRto({ timeout: 1, smoothed: { time: 8, variation: 0 } }, 8, limits).timeout).toBe(9);
});

describe('the timeout is within its bounds', () => {
  test.each([
    ['at first, at least', [], { min: 1_500, max: 60_000 }, 1_500],
    ['at first, at most', [], { min: 1, max: 200 }, 200],
    ['after a round trip, at least', [100], { min: 1_000, max: 60_000 }, 1_000],
    ['after a round trip, at most', [100], { min: 1, max: 250 }, 250],
  ])('%s', (_when, roundTrips, within, timeout) => {
    expect(known(roundTrips, within).timeout).toBe(timeout);
  });

  test('and the bounds do not change the smoothed values', () => {
    expect(known([100], { min: 1_000, max: 60_000 }).smoothed).toEqual({ time: 100, variation: 50 });
  });
});

describe('a timeout that passed', () => {
  test('doubles the next one, up to the bound', () => {
    let rto = initialRto({ min: 1, max: 5_000 });
    const seen = [1, 2, 3, 4].map(() => {
      rto = backedOffRto(rto, rto.timeout, { min: 1, max: 5_000 });
      return rto.timeout;
    });
    expect(seen).toEqual([2_000, 4_000, 5_000, 5_000]);
  });

  test('doubles it once for all segments that were sent with the same one', () => {
    const once = backedOffRto(known([100]), 300, limits);
    expect(once.timeout).toBe(600);
    expect(backedOffRto(once, 300, limits)).toEqual(once);
    expect(backedOffRto(once, 600, limits).timeout).toBe(1_200);
  });

  test('does not make it shorter when it was that of an older copy', () => {
    expect(backedOffRto(known([100]), 20, limits).timeout).toBe(300);
  });

  test('does not change the measured values', () => {
    expect(backedOffRto(known([100, 200]), 362.5, limits).smoothed).toEqual({ time: 112.5, variation: 62.5 });
  });

  test('is forgotten with the next round trip', () => {
    const backedOff = backedOffRto(backedOffRto(known([100]), 300, limits), 600, limits);
    expect(backedOff.timeout).toBe(1_200);
    expect(measuredRto(backedOff, 200, limits)).toEqual(known([100, 200]));
  });
});
