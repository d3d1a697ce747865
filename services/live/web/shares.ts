import type { Rights } from '../contract.ts';

/** Who asks: what it may do; and, at the port of a class, its address, by which places are shared out. */
export interface Asker {
  readonly rights: Rights;
  readonly client?: string | undefined;
}

/** Places of which one client gets a half at most, so that the others find some. */
export class Shares {
  readonly most: number;
  /** Places of one client. */
  readonly each: number;
  readonly #taken = new Map<string | undefined, number>();
  #all = 0;

  constructor(most: number) {
    this.most = most;
    this.each = Math.ceil(most / 2);
  }

  /** Which of its limits leaves a client without a place; undefined when there is one. A client without a name has no share. */
  limitFor(client: string | undefined): 'most' | 'each' | undefined {
    if (this.#all >= this.most) return 'most';
    return client !== undefined && (this.#taken.get(client) ?? 0) >= this.each ? 'each' : undefined;
  }

  /** Takes a place until the function that it returns is called. */
  take(client: string | undefined): () => void {
    this.#add(client, 1);
    let isLeft = false;
    return () => {
      if (!isLeft) this.#add(client, -1);
      isLeft = true;
    };
  }

  #add(client: string | undefined, count: number): void {
    this.#all += count;
    const taken = (this.#taken.get(client) ?? 0) + count;
    if (taken === 0) this.#taken.delete(client);
    else this.#taken.set(client, taken);
  }
}
