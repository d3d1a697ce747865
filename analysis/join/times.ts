import { PATIENCE_MS } from '#lib/faults/echo/fault.ts';

// All times that matter in matching, in seconds; the table of connections has one more, SYN_AGAIN.

/** The journal's precision: events of the same millisecond have no order. */
export const MILLISECOND = 0.001;
/** How far the journal's milliseconds and a timer may be from the capture's times. */
export const SLACK = 0.06;
/** How late an answer may be on a busy machine. If the connection or the capture lasts longer, it is missing. */
export const LATE = 5;
/** The longest time that an answer is held back. */
export const HELD = PATIENCE_MS / 1000;
/** How long a datagram waits for its entry, and an entry for its datagrams, when too many wait. */
export const PATIENCE = 2;
/** How long after the end of a connection its entries may follow. */
export const GRACE = 3;
/** How often finished conversations are dropped, in seconds of the capture. */
export const SWEEP = 1;
/** Frames of several processors may be slightly out of order. A larger step back means that the clock was set. */
export const STEP = 0.1;
/** How near to a clock step an exchange may be affected. */
export const NEAR = 30;
/** How far around its time, and after the begin of a capture, an exchange may lack frames. */
export const AROUND = 2;
