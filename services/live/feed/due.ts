/** What is matched by now. Times are in seconds since 1970. */
export interface Due {
  /** All frames and entries up to this time have been read. */
  readonly until: number;
  /** The time by the clock of this machine. */
  readonly now: number;
}

/** Nothing more follows. */
export const EVERYTHING: Due = { until: Number.POSITIVE_INFINITY, now: Number.POSITIVE_INFINITY };

/** A frame that was just captured is never this much later than the clock, in seconds. */
const AHEAD = 1;

/** Whether a frame or an entry has this time because the clock was set back after it. */
export function isAhead(time: number, now: number): boolean {
  return time > now + AHEAD;
}

/** What is from before the clock was set back is due at once: it would hold up everything that follows. */
export function isDue(time: number, { until, now }: Due): boolean {
  return time <= until || isAhead(time, now);
}
