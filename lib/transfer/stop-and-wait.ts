import { goBackN } from './go-back-n.ts';
import type { Mode } from './machine.ts';
import { ahead, duplicate, foreign, wasDelivered } from './receiver.ts';

/**
 * Stop-and-wait, rdt 3.0 of Kurose and Ross, section 3.4.1: one segment is under way at a time.
 *
 * With a space of 2 this is the alternating-bit protocol, which is right on a wire that keeps the order. The wire of
 * the lab does not, so the numbers here go further.
 */
export const stopAndWait: Mode = {
  name: 'stop-and-wait',
  largestWindow: () => 1,

  // That of go-back-N is the same where one segment is under way.
  send: goBackN.send,

  receive(state, { number, segment }) {
    const ack = { do: 'ack', number } as const;
    if (ahead(state, number) === 0) {
      return [{ ...state, base: state.base + 1 }, [{ do: 'deliver', segment }, ack]];
    }
    return [state, wasDelivered(state, number) ? [duplicate, ack] : [foreign]];
  },
};
