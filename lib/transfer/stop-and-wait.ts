import type { Mode } from './machine.ts';
import { ahead, duplicate, foreign, wasDelivered } from './receiver.ts';
import { acknowledge, expired, ignore, indexOf, sendAgain, sendFirst } from './sender.ts';

/**
 * Stop-and-wait, rdt 3.0 of Kurose and Ross, section 3.4.1: one segment is under way at a time.
 *
 * With a space of 2 this is the alternating-bit protocol, which is right on a wire that keeps the order. The wire of
 * the lab does not, so the numbers here go further.
 */
export const stopAndWait: Mode = {
  name: 'stop-and-wait',
  largestWindow: () => 1,

  send(state, event) {
    switch (event.on) {
      case 'offer': {
        const [sent, actions] = sendFirst(state, event.segment, event.now);
        return [{ ...sent, alarm: event.now + sent.rto.timeout }, actions];
      }
      case 'ack': {
        const index = indexOf(state, event.number);
        if (index === undefined) return ignore(state, event.number);
        const [idle, actions] = acknowledge(state, index, acked(state.sent), event);
        return [{ ...idle, alarm: undefined }, actions];
      }
      case 'timeout': {
        const [waiting, gaveUp] = expired(state, 0);
        if (waiting.givenUp !== undefined) return [waiting, gaveUp];
        const [sent, actions] = sendAgain(waiting, 0, event.now, 'timeout');
        return [{ ...sent, alarm: event.now + sent.rto.timeout }, actions];
      }
    }
  },

  receive(state, { number, segment }) {
    const ack = { do: 'ack', number } as const;
    if (ahead(state, number) === 0) {
      return [{ ...state, base: state.base + 1 }, [{ do: 'deliver', segment }, ack]];
    }
    return [state, wasDelivered(state, number) ? [duplicate, ack] : [foreign]];
  },
};

function acked(sent: Parameters<Mode['send']>[0]['sent']) {
  return sent.map((one) => ({ ...one, acknowledged: true }));
}
