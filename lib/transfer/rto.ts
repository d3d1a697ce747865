/** Bounds of the retransmission timeout, in ms. RFC 6298 asks for at least 1,000 (min) and at least 60,000 (max). */
export interface RtoLimits {
  readonly min: number;
  readonly max: number;
}

/** The estimate of the round trip, in ms. */
export interface Rto {
  /** The retransmission timeout (RTO). */
  readonly timeout: number;
  /** Smoothed round-trip time and its variation; undefined before the first measurement. */
  readonly smoothed: { readonly time: number; readonly variation: number } | undefined;
}

/** RFC 6298, section 2.1: the timeout before the first measurement, in ms. */
const INITIAL_MS = 1_000;
/** The granularity of the timer, in ms. */
const GRANULARITY_MS = 1;
const ALPHA = 1 / 8;
const BETA = 1 / 4;
const K = 4;

export function initialRto(limits: RtoLimits): Rto {
  return { timeout: within(INITIAL_MS, limits), smoothed: undefined };
}

/** RFC 6298, 2.2 and 2.3: after a measured round trip, which also ends a backoff (5.7). */
export function measuredRto({ smoothed }: Rto, milliseconds: number, limits: RtoLimits): Rto {
  const time = smoothed ? (1 - ALPHA) * smoothed.time + ALPHA * milliseconds : milliseconds;
  const variation = smoothed
    ? (1 - BETA) * smoothed.variation + BETA * Math.abs(smoothed.time - milliseconds)
    : milliseconds / 2;
  const timeout = within(time + Math.max(GRANULARITY_MS, K * variation), limits);
  return { timeout, smoothed: { time, variation } };
}

/**
 * RFC 6298, 5.5: a timeout doubles the RTO. It stays doubled until a round trip is measured again.
 *
 * @param expired the timeout that passed. When several segments were sent with the same one, the first that times out
 * doubles it. The others find it doubled.
 */
export function backedOffRto(rto: Rto, expired: number, limits: RtoLimits): Rto {
  const doubled = within(2 * Math.min(expired, rto.timeout), limits);
  return doubled > rto.timeout ? { ...rto, timeout: doubled } : rto;
}

function within(milliseconds: number, { min, max }: RtoLimits): number {
  if (milliseconds < min) return min;
  return milliseconds > max ? max : milliseconds;
}
