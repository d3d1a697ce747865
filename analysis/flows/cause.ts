import type { Cause } from './facts.ts';

/** What is known when a segment is sent once more. Times are in seconds. */
export interface Evidence {
  /** It begins with the first byte that is not acknowledged, or ends with the last one that was sent. */
  readonly isFirst: boolean;
  readonly isLast: boolean;
  readonly duplicateAcks: number;
  /** A SACK block covers bytes above it. */
  readonly sackedAbove: boolean;
  /** It was retransmitted before. */
  readonly isAgain: boolean;
  /** Since the latest of: progress of the ACKs, and the last time that it was sent. */
  readonly waited: number;
  /** The smoothed round trip and the timeout that follows from it. */
  readonly roundTrip: number;
  readonly timeout: number;
  /** A timeout came before, and not all that was on the way then is acknowledged. */
  readonly afterTimeout: boolean;
}

/** That many duplicate ACKs tell a sender that a segment is lost (RFC 5681). */
const DUPLICATES = 3;
/** Clocks and the estimate are not exact, so a wait of this share of the timeout is one. */
const ALMOST = 0.9;
/** A tail probe comes after two round trips (RFC 8985). The last measured one may differ, so the bound is lower. */
const PROBE_TRIPS = 1.5;

/** Why a segment was retransmitted, from the packets alone. */
export function causeOf(evidence: Evidence): Cause {
  const { isFirst, isLast, duplicateAcks, sackedAbove, waited, roundTrip, timeout } = evidence;
  if (evidence.afterTimeout) return 'timeout';
  if (isFirst && waited >= ALMOST * timeout) return 'timeout';
  if (sackedAbove || duplicateAcks >= DUPLICATES) return 'fast';
  if (isLast && !evidence.isAgain && waited >= PROBE_TRIPS * roundTrip) return 'tail-probe';
  return 'unclear';
}
