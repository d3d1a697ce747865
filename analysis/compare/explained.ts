/** How many packets had a fortune, and which entries of the wire explain them. */
export interface Explained {
  readonly all: number;
  /** Packets by the fault that explains them. */
  readonly by: Readonly<Record<string, number>>;
  /** Packets that no entry explains. */
  readonly without: number;
}

/** Counts packets by what explains them. */
export class Explaining {
  readonly #by = new Map<string, number>();
  #without = 0;

  /** @param why undefined when nothing explains them */
  add(packets: number, why: string | undefined): void {
    if (why === undefined) this.#without += packets;
    else this.#by.set(why, (this.#by.get(why) ?? 0) + packets);
  }

  get facts(): Explained {
    const by = [...this.#by].sort(([, one], [, other]) => other - one);
    const all = by.reduce((sum, [, count]) => sum + count, this.#without);
    return { all, by: Object.fromEntries(by), without: this.#without };
  }
}
