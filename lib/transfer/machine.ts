import type { ModeName, SegmentKind } from './kinds.ts';
import type { Rto, RtoLimits } from './rto.ts';

// What the state machines of the three protocols agree on. A machine is a pure function: an event goes in, the next
// state and what is to be done come out. No socket, clock or randomness is inside; times are ms of the caller's clock.

/** A piece of a transfer, with a sequence number of its own. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly payload: Buffer;
}

export interface SenderOptions {
  /** Segments that may be under way at once. */
  readonly window: number;
  /** Sequence numbers there are: they go from 0 to one below, and begin again. */
  readonly space: number;
  readonly rto: RtoLimits;
  /** Time-outs of one segment until the other side counts as gone. */
  readonly tries: number;
}

/** A segment under way. */
export interface Sent {
  readonly segment: Segment;
  /** When its last copy left. */
  readonly sentAt: number;
  /** The retransmission time-out with which that copy left, in ms. */
  readonly timeout: number;
  /** Copies that have left. */
  readonly copies: number;
  /** Time-outs of its own that have passed; those of the segments before it, which send it again too, do not count. */
  readonly timeouts: number;
  readonly acknowledged: boolean;
}

export interface SenderState {
  readonly options: SenderOptions;
  /** The oldest segment under way, counted from 0 without end. */
  readonly base: number;
  /** The segments from `base` on that have been sent. */
  readonly sent: readonly Sent[];
  /** How many may be under way: one until the OPEN is acknowledged, then what the receiver allows. */
  readonly window: number;
  readonly rto: Rto;
  /** When the machine wants its next `timeout`; undefined while nothing is under way. */
  readonly alarm: number | undefined;
  /** The segment that was given up, which ends the transfer. */
  readonly givenUp: number | undefined;
}

export type SenderEvent =
  /** The application has a segment. Only while there is room. */
  | { readonly on: 'offer'; readonly now: number; readonly segment: Segment }
  | { readonly on: 'ack'; readonly now: number; readonly number: number; readonly window: number }
  | { readonly on: 'timeout'; readonly now: number };

/** Why a segment is sent: for the first time, because its time-out passed, or because one before it timed out. */
export type Cause = 'first' | 'timeout' | 'go-back';

export type SenderAction =
  | { readonly do: 'send'; readonly number: number; readonly segment: Segment; readonly cause: Cause }
  /** A round trip that Karn's rule lets count, in ms. */
  | { readonly do: 'measured'; readonly milliseconds: number }
  /** The next segment has arrived, and all before it. */
  | { readonly do: 'arrived'; readonly segment: Segment }
  /** An ack of something that isn't under way: `late` when it was, shortly before; else `foreign`. */
  | { readonly do: 'ignored'; readonly ack: 'late' | 'foreign' }
  | { readonly do: 'give-up'; readonly number: number; readonly tries: number };

export interface ReceiverState {
  readonly window: number;
  readonly space: number;
  /** The next segment to hand on, counted from 0 without end. */
  readonly base: number;
  /** Segments that came before their turn, by their distance from `base`. */
  readonly waiting: ReadonlyMap<number, Segment>;
}

/** A segment came, with its sequence number. */
export interface ReceiverEvent {
  readonly number: number;
  readonly segment: Segment;
}

export type ReceiverAction =
  /** The next segment for the application: each once, in order. */
  | { readonly do: 'deliver'; readonly segment: Segment }
  | { readonly do: 'ack'; readonly number: number }
  /** It came before; or out of order, where the protocol keeps nothing; or can't belong to this transfer. */
  | { readonly do: 'drop'; readonly why: 'duplicate' | 'out-of-order' | 'foreign' };

export type Step<State, Action> = readonly [next: State, actions: readonly Action[]];

/** One of the three protocols. */
export interface Mode {
  readonly name: ModeName;
  /** The largest window with which no number can mean two segments. */
  largestWindow(space: number): number;
  send(state: SenderState, event: SenderEvent): Step<SenderState, SenderAction>;
  receive(state: ReceiverState, event: ReceiverEvent): Step<ReceiverState, ReceiverAction>;
}
