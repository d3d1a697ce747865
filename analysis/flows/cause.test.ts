import { expect, test } from '@jest/globals';
import { causeOf, type Evidence } from './cause.ts';
import type { Cause } from './facts.ts';

/** A segment in the middle of a window, 1 ms after the last ACK. */
const middle: Evidence = {
  isFirst: false,
  isLast: false,
  duplicateAcks: 0,
  sackedAbove: false,
  isAgain: false,
  waited: 0.001,
  roundTrip: 0.05,
  timeout: 0.25,
  afterTimeout: false,
};

test.each<[string, Partial<Evidence>, Cause]>([
  ['three duplicate ACKs', { isFirst: true, duplicateAcks: 3 }, 'fast'],
  ['SACKed bytes above it', { isFirst: true, sackedAbove: true }, 'fast'],
  ['a hole further up, with SACKed bytes above it', { sackedAbove: true }, 'fast'],
  ['two duplicate ACKs', { isFirst: true, duplicateAcks: 2 }, 'unclear'],
  ['silence of a timeout', { isFirst: true, waited: 0.25 }, 'timeout'],
  ['silence of almost a timeout', { isFirst: true, waited: 0.24 }, 'timeout'],
  ['silence of a timeout, after duplicate ACKs', { isFirst: true, duplicateAcks: 3, waited: 0.3 }, 'timeout'],
  ['what was on the way at a timeout', { afterTimeout: true }, 'timeout'],
  ['the last segment after two round trips', { isLast: true, waited: 0.1 }, 'tail-probe'],
  ['the only segment after two round trips', { isFirst: true, isLast: true, waited: 0.1 }, 'tail-probe'],
  ['the only segment after a timeout', { isFirst: true, isLast: true, waited: 0.25 }, 'timeout'],
  ['the last segment at once', { isLast: true, waited: 0.01 }, 'unclear'],
  ['the last segment for the third time', { isLast: true, isAgain: true, waited: 0.1 }, 'unclear'],
  ['a segment in the middle without a reason', {}, 'unclear'],
])('%s', (_what, given, cause) => {
  expect(causeOf({ ...middle, ...given })).toBe(cause);
});
