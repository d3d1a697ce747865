import type { Decision } from '#lib/journal/schema.ts';

/** Entries that are kept, at most. */
const MOST = 10_000;

/** Entries whose connection the capture has not got, or not yet: a clock that was set puts them before it. */
export class HeldEntries {
  readonly #byKey = new Map<string, Decision[]>();
  readonly #onLost: (entry: Decision) => void;
  #count = 0;

  /** @param onLost is told those that no connection took */
  constructor(onLost: (entry: Decision) => void) {
    this.#onLost = onLost;
  }

  hold(key: string, entry: Decision): void {
    const held = this.#byKey.get(key);
    if (held) held.push(entry);
    else this.#byKey.set(key, [entry]);
    this.#count += 1;
    if (this.#count <= MOST) return;
    const [oldest] = this.#byKey.keys();
    for (const lost of this.take(oldest!)) this.#onLost(lost);
  }

  /** Those of a connection, in order. */
  take(key: string): readonly Decision[] {
    const held = this.#byKey.get(key) ?? [];
    this.#byKey.delete(key);
    this.#count -= held.length;
    return held;
  }

  finish(): void {
    for (const key of [...this.#byKey.keys()]) for (const entry of this.take(key)) this.#onLost(entry);
  }
}
