import type { Mode, SenderAction, SenderState, Step } from './machine.ts';
import { ahead, lastDelivered, wasDelivered } from './receiver.ts';
import { acknowledge, expired, ignore, indexOf, retransmit, sendFirst } from './sender.ts';

/**
 * Go-back-N (Kurose and Ross, section 3.4.3). A window of segments is on the way, with one timer for the oldest. An ACK
 * acknowledges all earlier segments too. The receiver keeps no segment that is out of order, so after a timeout the
 * sender retransmits the whole window.
 */
export const goBackN: Mode = {
  name: 'go-back-n',
  // With a window as large as the number space, a receiver could take a retransmitted window for the next one.
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
        const [sent, actions] = retransmitAll(waiting, event.now);
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

function retransmitAll(state: SenderState, now: number): Step<SenderState, SenderAction> {
  let next = state;
  const all: SenderAction[] = [];
  for (const index of state.sent.keys()) {
    const [sent, actions] = retransmit(next, index, now, index === 0 ? 'timeout' : 'go-back');
    next = sent;
    all.push(...actions);
  }
  return [next, all];
}
