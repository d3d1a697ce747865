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
import { acknowledge, expired, ignore, indexOf, retransmit, sendFirst } from './sender.ts';

/**
 * Selective repeat (Kurose and Ross, section 3.4.4). A window of segments is on the way, each with its own timer and
 * its own ACK. The receiver keeps segments that are out of order, so the sender retransmits only the missing ones.
 */
export const selectiveRepeat: Mode = {
  name: 'selective-repeat',
  // The receiver's window can begin where the sender's ends, and no number may be in both.
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
        if (state.sent[index]!.acknowledged) return [state, [{ do: 'ignored', ack: 'duplicate' }]];
        const covered = state.sent.with(index, { ...state.sent[index]!, acknowledged: true });
        const [slid, actions] = acknowledge(state, index, covered, event);
        return [withAlarm(slid), actions];
      }
      case 'timeout':
        return retransmitOverdue(state, event.now);
    }
  },

  receive(state, { number, segment }) {
    const ack = { do: 'ack', number } as const;
    const distance = ahead(state, number);
    if (distance >= state.window) {
      return [state, wasDelivered(state, number) ? [duplicate, ack] : [foreign]];
    }
    if (state.waiting.has(distance)) return [state, [duplicate, ack]];
    return deliverNext(state, new Map(state.waiting).set(distance, segment), ack);
  },
};

function withAlarm(state: SenderState): SenderState {
  let alarm: number | undefined;
  for (const { acknowledged, sentAt, timeout } of state.sent) {
    if (!acknowledged && (alarm === undefined || sentAt + timeout < alarm)) alarm = sentAt + timeout;
  }
  return { ...state, alarm };
}

function retransmitOverdue(state: SenderState, now: number): Step<SenderState, SenderAction> {
  let next = state;
  const all: SenderAction[] = [];
  for (const [index, { acknowledged, sentAt, timeout }] of state.sent.entries()) {
    if (acknowledged || sentAt + timeout > now) continue;
    const [waiting, gaveUp] = expired(next, index, timeout);
    if (waiting.givenUp !== undefined) return [waiting, [...all, ...gaveUp]];
    const [sent, actions] = retransmit(waiting, index, now, 'timeout');
    next = sent;
    all.push(...actions);
  }
  return [withAlarm(next), all];
}

/** Delivers the segments that are next in order. */
function deliverNext(
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
