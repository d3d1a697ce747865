import { type Asker, Shares } from '../shares.ts';
import type { Sharkd } from './sharkd.ts';

/** All places of a queue are taken. */
export class BusyError extends Error {
  readonly code = 'LAB_BUSY';
}

/** How a job is done. */
export interface JobOptions<Loaded> {
  /** Chooses among the free programs by what they have loaded. */
  readonly preferred?: (loaded: Loaded | undefined) => boolean;
  /** Who waits for it; without it the server itself. */
  readonly asker?: Asker | undefined;
}

interface Waiting<Loaded> {
  readonly asker: Asker | undefined;
  readonly begin: (sharkd: Sharkd<Loaded>) => void;
}

/**
 * Some programs that stay, each with one job at a time. Further jobs wait in a queue of a limited length. The controls come
 * first; in a class it is the turn of the client that waits longest since its last one.
 */
export class Pool<Loaded> {
  readonly #all: readonly Sharkd<Loaded>[];
  readonly #free: Sharkd<Loaded>[];
  readonly #most: number;
  /** The places in the queue that are for a class. */
  readonly #places: Shares;
  #isClosed = false;
  readonly #queue: Waiting<Loaded>[] = [];
  /** The latest turn of each client, while others wait. */
  readonly #turns = new Map<string | undefined, number>();
  #turn = 0;

  /** @param most how many jobs may wait: of a class, and of others besides */
  constructor(all: readonly Sharkd<Loaded>[], most: number) {
    this.#all = all;
    this.#free = [...all];
    this.#most = most;
    this.#places = new Shares(most);
  }

  /**
   * Does a job with a program that is free, or with the first one that becomes free.
   *
   * @throws BusyError when too many jobs wait
   */
  async use<Result>(
    job: (sharkd: Sharkd<Loaded>) => Promise<Result>,
    { preferred = () => false, asker }: JobOptions<Loaded> = {},
  ): Promise<Result> {
    const sharkd = await this.#taken(preferred, asker);
    this.#turn += 1;
    this.#turns.set(asker?.client, this.#turn);
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
    const next = this.#next();
    if (next) next.begin(sharkd);
    else this.#free.push(sharkd);
  }

  #next(): Waiting<Loaded> | undefined {
    const turnOf = ({ asker }: Waiting<Loaded>) =>
      isOfClass(asker) ? (this.#turns.get(asker?.client) ?? 0) : -1;
    const [next] = this.#queue.toSorted((one, other) => turnOf(one) - turnOf(other));
    if (next) this.#queue.splice(this.#queue.indexOf(next), 1);
    else this.#turns.clear();
    return next;
  }

  async #taken(
    preferred: (loaded: Loaded | undefined) => boolean,
    asker: Asker | undefined,
  ): Promise<Sharkd<Loaded>> {
    const at = this.#free.findIndex(({ loaded }) => preferred(loaded));
    const [sharkd] = this.#free.splice(Math.max(0, at), 1);
    if (sharkd) return sharkd;
    const leave = this.#enter(asker);
    const { promise, resolve } = Promise.withResolvers<Sharkd<Loaded>>();
    this.#queue.push({ asker, begin: resolve });
    return promise.finally(leave);
  }

  #enter(asker: Asker | undefined): () => void {
    if (isOfClass(asker)) {
      const limit = this.#places.limitFor(asker?.client);
      if (limit === undefined) return this.#places.take(asker?.client);
      const whose = limit === 'each' ? ' of yours' : '';
      throw new BusyError(`${this.#places[limit]} requests${whose} wait for Wireshark already; try again`);
    }
    if (this.#queue.filter((one) => !isOfClass(one.asker)).length >= this.#most)
      throw new BusyError(`${this.#most} requests wait for Wireshark already; try again`);
    return () => undefined;
  }
}

function isOfClass(asker: Asker | undefined): boolean {
  return asker?.rights === 'view';
}
