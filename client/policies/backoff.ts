/** How long to wait before the next attempt, in ms. `failed` is the number of failed attempts, at least 1. */
export type Backoff = (failed: number) => number;

export const noBackoff: Backoff = () => 0;

export interface ExponentialBackoff {
  /** The longest wait before the second attempt, in ms. It doubles with each attempt. */
  readonly first: number;
  /** The longest wait before any attempt, in ms. */
  readonly longest: number;
  /** A number in [0, 1). It spreads clients that failed at the same time. */
  readonly random: () => number;
}

/** Exponential backoff with full jitter: a wait from 0 to the longest one of this attempt. */
export function exponentialBackoff({ first, longest, random }: ExponentialBackoff): Backoff {
  return (failed) => random() * Math.min(longest, first * 2 ** (failed - 1));
}
