import type { Server, Socket } from 'node:net';
import type { Bound } from './bound.ts';
import { Places } from './places.ts';

/** How many connections above the bound, at most, are told why they are not served. Others are just closed. */
const TOLD = 512;

/** Keeps the connections of a server within a bound. */
export class BoundConnections {
  readonly #places: Places;
  readonly #refusals = new Map<Socket, string>();
  readonly #told: number;

  constructor(server: Server, bound: Bound) {
    this.#places = new Places(bound);
    this.#told = Math.min(bound.all.allowed, TOLD);
    server.maxConnections = bound.all.allowed + this.#told;
    server.on('drop', () => bound.all.exceeded());
  }

  /**
   * Counts a connection until it is closed.
   *
   * @returns why it is not served, for its client; undefined when it is
   */
  admit(socket: Socket): string | undefined {
    const client = socket.remoteAddress ?? '';
    const inTheWay = this.#places.take(client);
    socket.once('close', () => {
      if (!this.#refusals.delete(socket)) this.#places.giveBack(client);
    });
    if (!inTheWay) return undefined;
    inTheWay.exceeded();
    const refusal = this.#places.refusal(inTheWay, 'connections', 'open');
    this.#refusals.set(socket, refusal);
    if (this.#refusals.size > this.#told) socket.destroy();
    return refusal;
  }

  /** Why a connection is not served. */
  refusalOf(socket: Socket): string | undefined {
    return this.#refusals.get(socket);
  }
}
