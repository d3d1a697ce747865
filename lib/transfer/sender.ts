import type { Cause, Segment, SenderAction, SenderOptions, SenderState, Sent, Step } from './machine.ts';
import { backedOffRto, initialRto, measuredRto } from './rto.ts';
import { distance } from './sequence.ts';

// What the senders of the three protocols share: their first state, and the moves they are put together from.

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

/** Whether the sender takes another segment. */
export function hasRoom({ sent, window, givenUp }: SenderState): boolean {
  return sent.length < window && givenUp === undefined;
}

/** The sequence number of the segment at an index of those under way. */
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

/** Sends the segment at an index once more, with the time-out of now. */
export function sendAgain(
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
 * Backs off after a time-out of the segment at an index; gives up when that was the last try.
 *
 * @param timeout the one that passed, in ms
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

/** The index that an ack's number means among the segments under way. Undefined when it means none of them. */
export function indexOf({ base, sent, options }: SenderState, number: number): number | undefined {
  const index = distance(base, number, options.space);
  return number < options.space && index < sent.length ? index : undefined;
}

/** What becomes of an ack that means none of the segments under way. */
export function ignore(state: SenderState, number: number): Step<SenderState, SenderAction> {
  const { base, options } = state;
  const behind = distance(number, base - 1, options.space);
  const late = number < options.space && behind < Math.min(base, options.window);
  return [state, [{ do: 'ignored', ack: late ? 'late' : 'foreign' }]];
}

/**
 * Takes an ack in: the round trip of the segment at `index` counts, and the segments that are acknowledged at the
 * front leave the window. The receiver's word on the window counts from the ack of the OPEN on.
 *
 * @param sent the segments under way, those acknowledged that the ack covers
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

/** Karn's rule: of a segment that was sent more than once nobody knows which copy an ack answers. */
function measure({ copies, sentAt }: Sent, now: number): number | undefined {
  return copies === 1 ? now - sentAt : undefined;
}

function arrivedAtFront(sent: readonly Sent[]): number {
  const first = sent.findIndex(({ acknowledged }) => !acknowledged);
  return first < 0 ? sent.length : first;
}
