/** How long to wait before a further attempt, in ms; `failed` attempts have been made, at least one. */
export type Backoff = (failed: number) => number;

export const noBackoff: Backoff = () => 0;

export interface ExponentialBackoff {
  /** The longest wait before the second attempt, in ms. It doubles with each attempt. */
  readonly first: number;
  /** The longest wait of all, in ms. */
  readonly longest: number;
  /** A number in [0, 1), which spreads clients that failed together. */
  readonly random: () => number;
}

/** Exponential backoff with full jitter: anything from 0 to the longest wait of the attempt. */
export function exponentialBackoff({ first, longest, random }: ExponentialBackoff): Backoff {
  return (failed) => random() * Math.min(longest, first * 2 ** (failed - 1));
}
