import type { EndParts } from '#lib/transfer/end.ts';

/** Knows for how long nothing has been heard from the other side. */
export class Silence {
  readonly #parts: Pick<EndParts, 'clock' | 'timer'>;
  #since = 0;
  #isBroken = false;

  constructor(parts: Pick<EndParts, 'clock' | 'timer'>) {
    this.#parts = parts;
  }

  /** Whether anything has been heard at all. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Something has been heard. */
  break(): void {
    this.#isBroken = true;
    this.#since = this.#parts.clock();
  }

  /** Calls once nothing has been heard for so many ms, counted from now at the earliest. Returns what cancels it. */
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
