import type { Socket } from 'node:net';
import type { Limit } from '#common/limit.ts';
import { type Sleep, sleepWhileOpen } from '#common/sleep.ts';

/** How long a reader waits for another one to be done, in ms: a class that asks at once is served in turn. */
const PATIENCE_MS = 1_000;

/** Who reads the journal: each holds a file handle and buffers until the client has taken all of it. */
export class LogReaders {
  readonly #limit: Limit;
  readonly #sleep: Sleep;
  readonly #waiting = new Set<() => void>();
  #reading = 0;

  constructor(limit: Limit, sleep: Sleep) {
    this.#limit = limit;
    this.#sleep = sleep;
  }

  /** Resolves when there is a place for this client, and with false when there was none in time. */
  async enter(socket: Socket): Promise<boolean> {
    if (this.#reading < this.#limit.allowed) {
      this.#reading += 1;
      return true;
    }
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const enter = () => resolve(true);
    this.#waiting.add(enter);
    sleepWhileOpen(socket, PATIENCE_MS, this.#sleep).then(() => {
      if (this.#waiting.delete(enter)) resolve(false);
    });
    const entered = await promise;
    if (!entered) this.#limit.exceeded();
    return entered;
  }

  /** Gives a place back, to the one who has waited longest. */
  leave(): void {
    const [next] = this.#waiting;
    if (!next) this.#reading -= 1;
    else if (this.#waiting.delete(next)) next();
  }
}
