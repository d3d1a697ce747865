import type {
  Mode,
  ReceiverAction,
  ReceiverState,
  Segment,
  SenderAction,
  SenderState,
  Step,
} from './machine.ts';
import { ahead, duplicate, foreign, wasDelivered } from './receiver.ts';
import { acknowledge, expired, ignore, indexOf, sendAgain, sendFirst } from './sender.ts';

/**
 * Selective repeat, Kurose and Ross, section 3.4.4: a window of segments under way, each with a time-out and an ack of
 * its own. The receiver keeps what comes out of order, so that only what is missing is sent again.
 */
export const selectiveRepeat: Mode = {
  name: 'selective-repeat',
  // The windows of both sides can lie one behind the other, and no number may be in both.
  largestWindow: (space) => Math.floor(space / 2),

  send(state, event) {
    switch (event.on) {
      case 'offer': {
        const [sent, actions] = sendFirst(state, event.segment, event.now);
        return [withAlarm(sent), actions];
      }
      case 'ack': {
        const index = indexOf(state, event.number);
        if (index === undefined) return ignore(state, event.number);
        if (state.sent[index]!.acknowledged) return [state, [{ do: 'ignored', ack: 'late' }]];
        const covered = state.sent.with(index, { ...state.sent[index]!, acknowledged: true });
        const [slid, actions] = acknowledge(state, index, covered, event);
        return [withAlarm(slid), actions];
      }
      case 'timeout':
        return sendOverdueAgain(state, event.now);
    }
  },

  receive(state, { number, segment }) {
    const ack = { do: 'ack', number } as const;
    const distance = ahead(state, number);
    if (distance >= state.window) {
      return [state, wasDelivered(state, number) ? [duplicate, ack] : [foreign]];
    }
    if (state.waiting.has(distance)) return [state, [duplicate, ack]];
    return handOn(state, new Map(state.waiting).set(distance, segment), ack);
  },
};

function withAlarm(state: SenderState): SenderState {
  let alarm: number | undefined;
  for (const { acknowledged, sentAt, timeout } of state.sent) {
    if (!acknowledged && (alarm === undefined || sentAt + timeout < alarm)) alarm = sentAt + timeout;
  }
  return { ...state, alarm };
}

function sendOverdueAgain(state: SenderState, now: number): Step<SenderState, SenderAction> {
  let next = state;
  const all: SenderAction[] = [];
  for (const [index, { acknowledged, sentAt, timeout }] of state.sent.entries()) {
    if (acknowledged || sentAt + timeout > now) continue;
    const [waiting, gaveUp] = expired(next, index, timeout);
    if (waiting.givenUp !== undefined) return [waiting, [...all, ...gaveUp]];
    const [sent, actions] = sendAgain(waiting, index, now, 'timeout');
    next = sent;
    all.push(...actions);
  }
  return [withAlarm(next), all];
}

/** Hands on what is complete from the front. */
function handOn(
  state: ReceiverState,
  waiting: Map<number, Segment>,
  ack: ReceiverAction,
): Step<ReceiverState, ReceiverAction> {
  const delivered: ReceiverAction[] = [];
  for (let segment = waiting.get(0); segment; segment = waiting.get(delivered.length)) {
    delivered.push({ do: 'deliver', segment });
  }
  const count = delivered.length;
  if (count === 0) return [{ ...state, waiting }, [ack]];
  const left = new Map<number, Segment>();
  for (const [distance, segment] of waiting) if (distance >= count) left.set(distance - count, segment);
  return [{ ...state, base: state.base + count, waiting: left }, [...delivered, ack]];
}
