import { goBackN } from './go-back-n.ts';
import type { Mode } from './machine.ts';
import { ahead, duplicate, foreign, wasDelivered } from './receiver.ts';

/**
 * Stop-and-wait (rdt 3.0 in Kurose and Ross, section 3.4.1): one segment is on the way at a time.
 *
 * With a number space of 2, this is the alternating-bit protocol. It needs a wire that keeps the order. The wire of the
 * lab does not, so the number space here is larger.
 */
export const stopAndWait: Mode = {
  name: 'stop-and-wait',
  largestWindow: () => 1,

  // The same as in go-back-N with a window of one.
  send: goBackN.send,

  receive(state, { number, segment }) {
    const ack = { do: 'ack', number } as const;
    if (ahead(state, number) === 0) {
      return [{ ...state, base: state.base + 1 }, [{ do: 'deliver', segment }, ack]];
    }
    return [state, wasDelivered(state, number) ? [duplicate, ack] : [foreign]];
  },
};
