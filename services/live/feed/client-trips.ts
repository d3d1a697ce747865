import { Connections } from '#analysis/capture/connections.ts';
import { ACK } from '#analysis/capture/frames.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import { RoundTrips } from '#analysis/flows/round-trips.ts';

/** At most this many connections are followed at once. */
const FOLLOWED = 256;

/** Measures the round trips of TCP at one host: from a segment that it sends to the ACK. */
export class ClientTrips {
  readonly #address: string;
  readonly #connections = new Connections({ create: () => new RoundTrips(), most: FOLLOWED });

  constructor(address: string) {
    this.#address = address;
  }

  /** @returns the round trip that ends with a packet, in seconds; undefined without one */
  take({ carried, source, time }: Pick<Packet, 'carried' | 'source' | 'time'>): number | undefined {
    if (carried?.transport !== 'tcp') return undefined;
    const { connection, by, fresh, repeated } = this.#connections.take(carried);
    const trips = connection.state;
    if (source === this.#address) {
      for (const range of fresh) trips.sent(range, time);
      for (const range of repeated) trips.retransmitted(range);
      return undefined;
    }
    const { stream } = connection[by === 'client' ? 'server' : 'client'];
    if (!(carried.flags & ACK) || !stream.isBegun) return undefined;
    return trips.acknowledged(stream.positionOf(carried.ack), time);
  }
}
