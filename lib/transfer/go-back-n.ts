import type { Mode, SenderAction, SenderState, Step } from './machine.ts';
import { ahead, lastDelivered, wasDelivered } from './receiver.ts';
import { acknowledge, expired, ignore, indexOf, sendAgain, sendFirst } from './sender.ts';

/**
 * Go-back-N, Kurose and Ross, section 3.4.3: a window of segments under way, one timer for the oldest, and an ack
 * stands for all segments before it too. The receiver keeps nothing that comes out of order, so a time-out sends the
 * whole window again.
 */
export const goBackN: Mode = {
  name: 'go-back-n',
  // With as many as there are numbers, a window sent again could be taken for the next one.
  largestWindow: (space) => space - 1,

  send(state, event) {
    switch (event.on) {
      case 'offer': {
        const [sent, actions] = sendFirst(state, event.segment, event.now);
        return [{ ...sent, alarm: state.alarm ?? event.now + sent.rto.timeout }, actions];
      }
      case 'ack': {
        const index = indexOf(state, event.number);
        if (index === undefined) return ignore(state, event.number);
        const covered = state.sent.map((one, at) => (at <= index ? { ...one, acknowledged: true } : one));
        const [slid, actions] = acknowledge(state, index, covered, event);
        return [{ ...slid, alarm: slid.sent.length > 0 ? event.now + slid.rto.timeout : undefined }, actions];
      }
      case 'timeout': {
        const [waiting, gaveUp] = expired(state, 0);
        if (waiting.givenUp !== undefined) return [waiting, gaveUp];
        const [sent, actions] = sendAllAgain(waiting, event.now);
        return [{ ...sent, alarm: event.now + sent.rto.timeout }, actions];
      }
    }
  },

  receive(state, { number, segment }) {
    if (ahead(state, number) === 0) {
      const next = { ...state, base: state.base + 1 };
      return [
        next,
        [
          { do: 'deliver', segment },
          { do: 'ack', number },
        ],
      ];
    }
    const why = wasDelivered(state, number) ? 'duplicate' : 'out-of-order';
    const drop = { do: 'drop', why } as const;
    return [state, state.base === 0 ? [drop] : [drop, { do: 'ack', number: lastDelivered(state) }]];
  },
};

function sendAllAgain(state: SenderState, now: number): Step<SenderState, SenderAction> {
  let next = state;
  const all: SenderAction[] = [];
  for (const index of state.sent.keys()) {
    const [sent, actions] = sendAgain(next, index, now, index === 0 ? 'timeout' : 'go-back');
    next = sent;
    all.push(...actions);
  }
  return [next, all];
}
