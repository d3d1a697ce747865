import type { Sharkd } from './sharkd.ts';

/** All places of a queue are taken. */
export class BusyError extends Error {
  readonly code = 'LAB_BUSY';
}

/** Some programs that stay, each with one job at a time. Further jobs wait in a queue of a limited length. */
export class Pool<Loaded> {
  readonly #all: readonly Sharkd<Loaded>[];
  readonly #free: Sharkd<Loaded>[];
  readonly #most: number;
  #isClosed = false;
  readonly #queue: ((sharkd: Sharkd<Loaded>) => void)[] = [];

  /** @param most how many jobs may wait */
  constructor(all: readonly Sharkd<Loaded>[], most: number) {
    this.#all = all;
    this.#free = [...all];
    this.#most = most;
  }

  /**
   * Does a job with a program that is free, or with the first one that becomes free.
   *
   * @param preferred chooses among the free ones by what they have loaded
   * @throws BusyError when too many jobs wait
   */
  async use<Result>(
    job: (sharkd: Sharkd<Loaded>) => Promise<Result>,
    preferred: (loaded: Loaded | undefined) => boolean = () => false,
  ): Promise<Result> {
    const sharkd = await this.#taken(preferred);
    try {
      return await job(sharkd);
    } finally {
      this.#prepare(sharkd);
    }
  }

  /** Starts the programs. */
  prepare(): void {
    for (const sharkd of this.#free.splice(0)) this.#prepare(sharkd);
  }

  close(): void {
    this.#isClosed = true;
    for (const sharkd of this.#all) sharkd.end();
  }

  async #prepare(sharkd: Sharkd<Loaded>): Promise<void> {
    // A failure shows at the next request.
    if (!this.#isClosed) await sharkd.prepare().catch(() => undefined);
    const next = this.#queue.shift();
    if (next) next(sharkd);
    else this.#free.push(sharkd);
  }

  #taken(preferred: (loaded: Loaded | undefined) => boolean): Promise<Sharkd<Loaded>> {
    const at = this.#free.findIndex(({ loaded }) => preferred(loaded));
    const [sharkd] = this.#free.splice(Math.max(0, at), 1);
    if (sharkd) return Promise.resolve(sharkd);
    if (this.#queue.length >= this.#most)
      throw new BusyError(`${this.#most} requests wait for Wireshark already; try again`);
    const { promise, resolve } = Promise.withResolvers<Sharkd<Loaded>>();
    this.#queue.push(resolve);
    return promise;
  }
}
