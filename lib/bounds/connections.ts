import type { Server, Socket } from 'node:net';
import type { Bound } from './bound.ts';
import { ClientCounts } from './client-counts.ts';

/** How many connections above the bound, at most, are told why they are not served. Others are just closed. */
const TOLD = 512;

/** Ends a connection that is not even told why it is not served. */
export class TooManyConnections extends Error {}

/**
 * Keeps the connections of a server within a bound. A connection over TLS counts from its first packet, because one
 * that never shakes hands costs as much as another.
 */
export class BoundConnections {
  readonly #counts: ClientCounts;
  readonly #refusals = new WeakMap<Socket, string>();
  readonly #told: number;
  readonly #carrierOf: (socket: Socket) => Socket | undefined;
  /** Refused, and still open. */
  #refused = 0;

  /** @param carrierOf the TCP connection below one over TLS; undefined in plain text */
  constructor(server: Server, bound: Bound, carrierOf: (socket: Socket) => Socket | undefined) {
    this.#counts = new ClientCounts(bound);
    this.#told = Math.min(bound.all.allowed, TOLD);
    this.#carrierOf = carrierOf;
    server.maxConnections = bound.all.allowed + this.#told;
    server.on('connection', (socket) => this.#admit(socket)).on('drop', () => bound.all.exceeded());
  }

  /** Why a connection is not served, for its client; undefined when it is. */
  refusalOf(socket: Socket): string | undefined {
    return this.#refusals.get(this.#carrierOf(socket) ?? socket);
  }

  /** Counts a TCP connection until it is closed. */
  #admit(socket: Socket): void {
    const client = socket.remoteAddress ?? '';
    const inTheWay = this.#counts.take(client);
    if (!inTheWay) {
      socket.once('close', () => this.#counts.giveBack(client));
      return;
    }
    inTheWay.exceeded();
    this.#refusals.set(socket, this.#counts.refusal(inTheWay, 'connections', 'open'));
    this.#refused += 1;
    socket.once('close', () => {
      this.#refused -= 1;
    });
    if (this.#refused > this.#told) socket.on('error', () => undefined).destroy(new TooManyConnections());
  }
}
