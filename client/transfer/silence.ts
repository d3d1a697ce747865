import type { EndParts } from '#lib/transfer/end.ts';

/** Measures for how long no datagram of the other side has arrived. */
export class Silence {
  readonly #parts: Pick<EndParts, 'clock' | 'timer'>;
  #since = 0;
  #isBroken = false;

  constructor(parts: Pick<EndParts, 'clock' | 'timer'>) {
    this.#parts = parts;
  }

  /** Whether any datagram has arrived. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Call it when a datagram arrives. */
  break(): void {
    this.#isBroken = true;
    this.#since = this.#parts.clock();
  }

  /**
   * Calls back when no datagram has arrived for a number of milliseconds, from now on. Returns a function that cancels
   * it.
   */
  whenItLasts(milliseconds: number, call: () => void): () => void {
    const { clock, timer } = this.#parts;
    this.#since = clock();
    let cancel: () => void;
    const wait = (left: number) => {
      cancel = timer(left, () => {
        const more = this.#since + milliseconds - clock();
        if (more > 0) wait(more);
        else call();
      });
    };
    wait(milliseconds);
    return () => cancel();
  }
}
