import type { Exposure } from './exposed.ts';

const NOTHING: readonly Exposure[] = [];

/** Exposures by frame. */
export class ExposedByFrame {
  readonly #found = new Map<number, Exposure[]>();

  add(frame: number, exposure: Exposure): void {
    const known = this.#found.get(frame);
    if (known) known.push(exposure);
    else this.#found.set(frame, [exposure]);
  }

  by(frame: number): readonly Exposure[] {
    return this.#found.get(frame) ?? NOTHING;
  }

  /** Returns and removes the exposures of a frame. */
  takeBy(frame: number): readonly Exposure[] {
    const found = this.by(frame);
    this.#found.delete(frame);
    return found;
  }

  /** Removes the exposures of earlier frames. */
  dropBefore(frame: number): void {
    for (const known of this.#found.keys()) {
      if (known >= frame) return;
      this.#found.delete(known);
    }
  }

  [Symbol.iterator](): Iterator<readonly [number, readonly Exposure[]]> {
    return this.#found[Symbol.iterator]();
  }
}
