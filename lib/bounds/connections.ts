import type { Server, Socket } from 'node:net';
import type { Bound } from './bound.ts';
import { ClientCounts } from './client-counts.ts';

/** How many connections above the bound get a reason for their refusal. Further ones are just closed. */
const EXPLAINED = 512;

/** Closes a connection without giving its client a reason. */
export class TooManyConnections extends Error {}

/**
 * Keeps the connections of a server within a bound. A connection over TLS counts from its first packet, because one
 * without a handshake needs as many resources.
 */
export class BoundConnections {
  readonly #counts: ClientCounts;
  readonly #refusals = new WeakMap<Socket, string>();
  readonly #explained: number;
  readonly #carrierOf: (socket: Socket) => Socket | undefined;
  /** Connections that are refused and still open. */
  #refused = 0;

  /** @param carrierOf returns the TCP connection below a connection over TLS; undefined in plain text */
  constructor(server: Server, bound: Bound, carrierOf: (socket: Socket) => Socket | undefined) {
    this.#counts = new ClientCounts(bound);
    this.#explained = Math.min(bound.all.allowed, EXPLAINED);
    this.#carrierOf = carrierOf;
    server.maxConnections = bound.all.allowed + this.#explained;
    server.on('connection', (socket) => this.#admit(socket)).on('drop', () => bound.all.exceeded());
  }

  /** Why a connection is refused, in words for its client. Undefined when it is served. */
  refusalOf(socket: Socket): string | undefined {
    return this.#refusals.get(this.#carrierOf(socket) ?? socket);
  }

  /** Counts a TCP connection until it is closed. */
  #admit(socket: Socket): void {
    const client = socket.remoteAddress ?? '';
    const reached = this.#counts.take(client);
    if (!reached) {
      socket.once('close', () => this.#counts.giveBack(client));
      return;
    }
    reached.exceeded();
    this.#refusals.set(socket, this.#counts.refusal(reached, 'connections', 'open'));
    this.#refused += 1;
    socket.once('close', () => {
      this.#refused -= 1;
    });
    if (this.#refused > this.#explained)
      socket.on('error', () => undefined).destroy(new TooManyConnections());
  }
}
