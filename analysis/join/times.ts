/** A journal has milliseconds: what happened in the same one may be later by so many seconds. */
export const MILLISECOND = 0.001;
/** How far a clock of milliseconds and a timer can be apart from a capture, in seconds. */
export const SLACK = 0.06;
/** So long after the end of a connection entries of it may follow, in seconds. */
export const GRACE = 3;
/** How often what is over is let go of, in seconds of the capture. */
export const SWEEP = 1;
/** So late an answer may leave on a busy machine: when its connection or the capture ends later, it should have. */
export const LATE = 5;
