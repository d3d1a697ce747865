import { PATIENCE_MS } from '#lib/faults/echo/fault.ts';

// The times, in seconds, that still decide something: these, and SYN_AGAIN of the table of connections.
// docs/evidence.md says of each what for.

/** A journal has milliseconds: what happened in the same one may be later by so much. */
export const MILLISECOND = 0.001;
/** How far a clock of milliseconds and a timer can be apart from a capture. */
export const SLACK = 0.06;
/** So late an answer may leave on a busy machine: when its connection or the capture ends later, it should have. */
export const LATE = 5;
/** How long an answer is held back at most. */
export const HELD = PATIENCE_MS / 1000;
/** How long a datagram waits for its entry, and an entry for its datagrams, when there are too many of them. */
export const PATIENCE = 2;
/** So long after the end of a connection entries of it may follow. */
export const GRACE = 3;
/** How often what is over is let go of, in seconds of the capture. */
export const SWEEP = 1;
/** Frames of several processors may be written a little out of order; more than this is a clock that was set. */
export const STEP = 0.1;
/** So near to a step an exchange may have been under way. */
export const NEAR = 30;
/** The record of a gap has seconds, and an exchange lasts: so long before and after it, and after the capture begins, one may be hit. */
export const AROUND = 2;
