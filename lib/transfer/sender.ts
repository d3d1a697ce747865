import type { Cause, Segment, SenderAction, SenderOptions, SenderState, Sent, Step } from './machine.ts';
import { backedOffRto, initialRto, measuredRto } from './rto.ts';
import { distance } from './sequence.ts';

// What the senders of the three protocols share: the first state, and the steps that they combine.

export function firstSenderState(options: SenderOptions): SenderState {
  return {
    options,
    base: 0,
    sent: [],
    window: 1,
    rto: initialRto(options.rto),
    alarm: undefined,
    givenUp: undefined,
  };
}

/** Whether the sender can take another segment. */
export function hasRoom({ sent, window, givenUp }: SenderState): boolean {
  return sent.length < window && givenUp === undefined;
}

/** The sequence number of a segment on the way, by its index. */
function numberAt({ base, options }: SenderState, index: number): number {
  return (base + index) % options.space;
}

/** Sends a segment for the first time. */
export function sendFirst(
  state: SenderState,
  segment: Segment,
  now: number,
): Step<SenderState, SenderAction> {
  const { timeout } = state.rto;
  const number = numberAt(state, state.sent.length);
  const first = { segment, sentAt: now, timeout, copies: 1, timeouts: 0, acknowledged: false };
  const sent = [...state.sent, first];
  return [{ ...state, sent }, [{ do: 'send', number, segment, cause: 'first' }]];
}

/** Retransmits the segment at an index, with the current timeout. */
export function retransmit(
  state: SenderState,
  index: number,
  now: number,
  cause: Exclude<Cause, 'first'>,
): Step<SenderState, SenderAction> {
  const before = state.sent[index]!;
  const { segment } = before;
  const copies = before.copies + 1;
  const timeouts = before.timeouts + (cause === 'timeout' ? 1 : 0);
  const again = { segment, sentAt: now, timeout: state.rto.timeout, copies, timeouts, acknowledged: false };
  const number = numberAt(state, index);
  return [{ ...state, sent: state.sent.with(index, again) }, [{ do: 'send', number, segment, cause }]];
}

/**
 * Handles a timeout of the segment at an index: backs off, or gives up when it was the last try.
 *
 * @param timeout the timeout that passed, in ms
 */
export function expired(
  state: SenderState,
  index: number,
  timeout = state.rto.timeout,
): Step<SenderState, SenderAction> {
  const { timeouts } = state.sent[index]!;
  const { tries } = state.options;
  if (timeouts + 1 >= tries) {
    const number = numberAt(state, index);
    const givenUp = state.base + index;
    return [{ ...state, givenUp, alarm: undefined }, [{ do: 'give-up', number, tries }]];
  }
  return [{ ...state, rto: backedOffRto(state.rto, timeout, state.options.rto) }, []];
}

/** The index of the segment on the way that has this number. Undefined when there is none. */
export function indexOf({ base, sent, options }: SenderState, number: number): number | undefined {
  const index = distance(base, number, options.space);
  return number < options.space && index < sent.length ? index : undefined;
}

/** Ignores an ACK for no segment on the way. */
export function ignore(state: SenderState, number: number): Step<SenderState, SenderAction> {
  const { base, options } = state;
  const age = distance(number, base - 1, options.space);
  const isDuplicate = number < options.space && age < Math.min(base, options.window);
  return [state, [{ do: 'ignored', ack: isDuplicate ? 'duplicate' : 'foreign' }]];
}

/**
 * Takes an ACK: measures the round trip of the segment at `index`, and slides the window over the acknowledged segments
 * at its start. The ACK of the OPEN also sets the window that the receiver allows.
 *
 * @param sent the segments on the way, with those marked that the ACK acknowledges
 */
export function acknowledge(
  state: SenderState,
  index: number,
  sent: readonly Sent[],
  { now, window }: { readonly now: number; readonly window: number },
): Step<SenderState, SenderAction> {
  const measured = measure(state.sent[index]!, now);
  const count = arrivedAtFront(sent);
  const arrived = sent.slice(0, count).map(({ segment }): SenderAction => ({ do: 'arrived', segment }));
  const opens = state.base === 0 && count > 0;
  const next: SenderState = {
    ...state,
    base: state.base + count,
    sent: sent.slice(count),
    window: opens ? Math.max(1, Math.min(state.options.window, window)) : state.window,
  };
  if (measured === undefined) return [next, arrived];
  const rto = measuredRto(state.rto, measured, state.options.rto);
  return [{ ...next, rto }, [{ do: 'measured', milliseconds: measured }, ...arrived]];
}

/** Karn's rule: when a segment was sent more than once, nobody knows which copy the ACK answers. */
function measure({ copies, sentAt }: Sent, now: number): number | undefined {
  return copies === 1 ? now - sentAt : undefined;
}

function arrivedAtFront(sent: readonly Sent[]): number {
  const first = sent.findIndex(({ acknowledged }) => !acknowledged);
  return first < 0 ? sent.length : first;
}
