import type { ModeName, SegmentKind } from './kinds.ts';
import type { Rto, RtoLimits } from './rto.ts';

// The types of the three state machines. A machine is a pure function: it takes a state and an event, and returns the
// next state and the actions. It has no socket, clock or randomness inside. Times are in ms of the caller's clock.

/** A piece of a transfer, with its own sequence number. */
export interface Segment {
  readonly kind: SegmentKind;
  readonly payload: Buffer;
}

export interface SenderOptions {
  /** Segments that may be on the way at once. */
  readonly window: number;
  /** The size of the number space: numbers go from 0 to one below it, and wrap. */
  readonly space: number;
  readonly rto: RtoLimits;
  /** Timeouts of one segment after which the sender gives up. */
  readonly tries: number;
}

/** A segment on the way. */
export interface Sent {
  readonly segment: Segment;
  /** When its last copy was sent. */
  readonly sentAt: number;
  /** The retransmission timeout (RTO) of that copy, in ms. */
  readonly timeout: number;
  /** Copies that were sent. */
  readonly copies: number;
  /** Its own timeouts. Those of earlier segments, after which it is retransmitted too, do not count. */
  readonly timeouts: number;
  readonly acknowledged: boolean;
}

export interface SenderState {
  readonly options: SenderOptions;
  /** The oldest segment on the way, counted from 0 without wrapping. */
  readonly base: number;
  /** The segments from `base` on that were sent. */
  readonly sent: readonly Sent[];
  /** Segments that may be on the way: one until the OPEN is acknowledged, then as many as the receiver allows. */
  readonly window: number;
  readonly rto: Rto;
  /** When the machine needs its next `timeout` event. Undefined while no segment is on the way. */
  readonly alarm: number | undefined;
  /** The segment that the sender gave up. It ends the transfer. */
  readonly givenUp: number | undefined;
}

export type SenderEvent =
  /** The application has a segment. It may only offer one while there is room. */
  | { readonly on: 'offer'; readonly now: number; readonly segment: Segment }
  | { readonly on: 'ack'; readonly now: number; readonly number: number; readonly window: number }
  | { readonly on: 'timeout'; readonly now: number };

/** Why a segment is sent: for the first time, after its own timeout, or after a timeout of an earlier segment. */
export type Cause = 'first' | 'timeout' | 'go-back';

export type SenderAction =
  | { readonly do: 'send'; readonly number: number; readonly segment: Segment; readonly cause: Cause }
  /** A round trip that counts by Karn's rule, in ms. */
  | { readonly do: 'measured'; readonly milliseconds: number }
  /** The next segment and all before it have arrived. */
  | { readonly do: 'arrived'; readonly segment: Segment }
  /** An ACK for no segment on the way. `duplicate`: for one that was acknowledged before. Otherwise `foreign`. */
  | { readonly do: 'ignored'; readonly ack: 'duplicate' | 'foreign' }
  | { readonly do: 'give-up'; readonly number: number; readonly tries: number };

export interface ReceiverState {
  readonly window: number;
  readonly space: number;
  /** The next segment to deliver, counted from 0 without wrapping. */
  readonly base: number;
  /** Segments that arrived before their turn, by their distance from `base`. */
  readonly waiting: ReadonlyMap<number, Segment>;
}

/** A segment arrived, with its sequence number. */
export interface ReceiverEvent {
  readonly number: number;
  readonly segment: Segment;
}

export type ReceiverAction =
  /** Delivers the next segment to the application: each once, in order. */
  | { readonly do: 'deliver'; readonly segment: Segment }
  | { readonly do: 'ack'; readonly number: number }
  /**
   * Drops a segment: it arrived before, it is out of order and the protocol keeps none, or it is of no transfer known
   * here.
   */
  | { readonly do: 'drop'; readonly why: 'duplicate' | 'out-of-order' | 'foreign' };

export type Step<State, Action> = readonly [next: State, actions: readonly Action[]];

/** One of the three protocols. */
export interface Mode {
  readonly name: ModeName;
  /** The largest window with which no number can be that of two segments. */
  largestWindow(space: number): number;
  send(state: SenderState, event: SenderEvent): Step<SenderState, SenderAction>;
  receive(state: ReceiverState, event: ReceiverEvent): Step<ReceiverState, ReceiverAction>;
}
