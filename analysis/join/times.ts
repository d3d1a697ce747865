/** A journal has milliseconds: what happened in the same one may be later by so many seconds. */
export const MILLISECOND = 0.001;
/** How far a clock of milliseconds and a timer can be apart from a capture, in seconds. */
export const SLACK = 0.06;
/** So late an answer may leave on a busy machine until it counts as missing, in seconds. */
export const LATE = 0.5;
