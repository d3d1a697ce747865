import { Connections, type Taken } from '#analysis/capture/connections.ts';
import type { Trip } from './trip.ts';

/** At most this many connections are followed at once. */
const FOLLOWED = 2_000;

/** What a packet does to its conversation. */
export interface Said {
  /** The name of the conversation. */
  readonly conversation: string;
  /** For TCP and UDP: the effect on the streams. */
  readonly taken: Taken<{ readonly name: string }> | undefined;
}

/** Finds the conversation of each packet. A port that is used again has a new one. */
export class NamedConversations {
  readonly #counts = new Map<string, number>();
  readonly #connections = new Connections<{ readonly name: string }>({
    create: ({ transport, toServer, from, to }) => ({
      name: this.#nameOf(`${transport} ${toServer ? from : to} ${toServer ? to : from}`),
    }),
    most: FOLLOWED,
  });

  /** Takes packets in the order of time. */
  take({ carried, columns }: Trip): Said {
    if (carried) {
      const taken = this.#connections.take(carried);
      return { conversation: taken.connection.state.name, taken };
    }
    const { from, to, protocol, transport } = columns!;
    const [one, other] = [from, to].sort();
    const kind = transport === 'other' ? protocol.toLowerCase() : transport;
    return { conversation: `${kind} ${one} ${other}`, taken: undefined };
  }

  #nameOf(ends: string): string {
    const count = (this.#counts.get(ends) ?? 0) + 1;
    this.#counts.delete(ends);
    this.#counts.set(ends, count);
    if (this.#counts.size > 2 * FOLLOWED) this.#counts.delete(this.#counts.keys().next().value!);
    return count === 1 ? ends : `${ends} #${count}`;
  }
}
