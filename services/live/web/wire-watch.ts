import type { Timer } from '#lib/runtime/timer.ts';
import type { LiveEvents } from '../contract.ts';

interface WireEvent {
  readonly name: 'wire';
  readonly data: LiveEvents['wire'];
}

/** How often it looks, in ms. */
const AGAIN_MS = 1_000;

export interface WireWatchParts {
  /** The address of the wire that is there now. */
  readonly look: () => Promise<string | undefined>;
  /** Tells all pages. */
  readonly emit: (event: WireEvent) => void;
  readonly onProblem: (problem: string) => void;
  readonly timer: Timer;
}

/** Tells the pages when the wire was inserted or removed. */
export class WireWatch {
  readonly #parts: WireWatchParts;
  #address: string | undefined;
  #cancel = () => {};
  #isOver = false;

  constructor(parts: WireWatchParts) {
    this.#parts = parts;
    void this.#look();
  }

  /** What a page must know that connects later. */
  event(): WireEvent {
    return { name: 'wire', data: { address: this.#address } };
  }

  close(): void {
    this.#isOver = true;
    this.#cancel();
  }

  async #look(): Promise<void> {
    const { look, emit, onProblem, timer } = this.#parts;
    try {
      const address = await look();
      const isOther = address !== this.#address;
      this.#address = address;
      if (isOther && !this.#isOver) emit(this.event());
    } catch (error) {
      onProblem(`the live view can't find out whether there is a wire: ${error}`);
    }
    if (!this.#isOver) this.#cancel = timer(AGAIN_MS, () => void this.#look());
  }
}
