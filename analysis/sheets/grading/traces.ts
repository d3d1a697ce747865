import { ACK, SYN } from '#analysis/capture/frames.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import type { Listener } from '#analysis/join/listen.ts';

/** What a run has by chance, so that no two runs share it. */
export interface Traces {
  /** TCP connections: the client's port, the initial sequence numbers of both sides, the time of the SYN. */
  readonly connections: readonly {
    readonly port: number;
    readonly time: number;
    readonly client: number;
    readonly server: number;
    readonly frame: number;
  }[];
  /** UDP ports of clients, with the time of the first datagram. */
  readonly ports: readonly { readonly port: number; readonly time: number; readonly frame: number }[];
  /** Randoms of ClientHellos and ServerHellos, in hex. */
  readonly randoms: readonly { readonly random: string; readonly frame: number }[];
}

/** The most of each kind. */
const MOST = 500;

/** The random of a HelloRetryRequest, the same in every connection (RFC 8446, 4.1.3). */
const RETRY = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c';

/** Collects the traces of a capture while others read it too. */
export class Tracing implements Listener<'randoms'> {
  readonly wants = { fields: ['randoms'] as const };
  readonly #syns = new Map<
    string,
    { readonly seq: number; readonly time: number; readonly number: number }
  >();
  readonly #connections: Traces['connections'][number][] = [];
  readonly #ports = new Map<number, Traces['ports'][number]>();
  readonly #randoms = new Map<string, Traces['randoms'][number]>();

  takePackets(packets: readonly Packet<'randoms'>[]): void {
    for (const packet of packets) this.#take(packet);
  }

  get traces(): Traces {
    return {
      connections: this.#connections.slice(0, MOST),
      ports: [...this.#ports.values()].slice(0, MOST),
      randoms: [...this.#randoms.values()].slice(0, MOST),
    };
  }

  #take({ carried, fields, number, time }: Packet<'randoms'>): void {
    if (!carried?.server) return;
    const { transport, from, to, toServer, fromPort, flags, seq } = carried;
    if (transport === 'udp') {
      if (toServer && !this.#ports.has(fromPort))
        this.#ports.set(fromPort, { port: fromPort, time, frame: number });
      return;
    }
    if (flags & SYN) {
      if (!(flags & ACK)) this.#syns.set(`${from} ${to}`, { seq, time, number });
      else this.#accepted(`${to} ${from}`, carried.toPort, seq);
    }
    for (const random of fields.randoms) {
      if (random !== RETRY && !this.#randoms.has(random))
        this.#randoms.set(random, { random, frame: number });
    }
  }

  #accepted(way: string, port: number, server: number): void {
    const syn = this.#syns.get(way);
    if (!syn) return;
    this.#syns.delete(way);
    this.#connections.push({ port, time: syn.time, client: syn.seq, server, frame: syn.number });
  }
}
