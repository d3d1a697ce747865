import type { Socket } from 'node:net';
import type { Limit } from '#lib/journal/limit.ts';
import { type Sleep, sleepWhileOpen } from '#lib/runtime/sleep.ts';
import { type Bound, Places } from './places.ts';

/** How long a reader waits for another one to be done, in ms: a class that asks at once is served in turn. */
const PATIENCE_MS = 1_000;

/** A reader who waits for a place. */
interface Waiting {
  readonly client: string;
  readonly settle: (inTheWay: Limit | undefined) => void;
}

/** Who reads the journal: each holds a file handle and buffers until the client has taken all of it. */
export class LogReaders {
  readonly #places: Places;
  readonly #sleep: Sleep;
  readonly #waiting = new Set<Waiting>();

  constructor(bound: Bound, sleep: Sleep) {
    this.#places = new Places(bound);
    this.#sleep = sleep;
  }

  /** Resolves when there is a place for this client, and with the limit in the way when there was none in time. */
  async enter(socket: Socket, client: string): Promise<Limit | undefined> {
    const inTheWay = this.#places.take(client);
    if (!inTheWay) return undefined;
    const { promise, resolve: settle } = Promise.withResolvers<Limit | undefined>();
    const waiting = { client, settle };
    this.#waiting.add(waiting);
    sleepWhileOpen(socket, PATIENCE_MS, this.#sleep).then(() => {
      if (this.#waiting.delete(waiting)) settle(inTheWay);
    });
    const refused = await promise;
    if (!socket.destroyed) refused?.exceeded();
    return refused;
  }

  /** Gives a place back, to the one who has waited longest of those that may have it. */
  leave(client: string): void {
    this.#places.giveBack(client);
    for (const waiting of this.#waiting) {
      if (this.#places.take(waiting.client)) continue;
      this.#waiting.delete(waiting);
      waiting.settle(undefined);
      return;
    }
  }
}
