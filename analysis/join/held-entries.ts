import type { Decision } from '#lib/journal/schema.ts';

/** At most this many entries are held. */
const MOST = 10_000;

/** Entries whose connection is not in the capture yet. It may come later if the clock was set. */
export class HeldEntries {
  readonly #byKey = new Map<string, Decision[]>();
  readonly #onLost: (entry: Decision) => void;
  #count = 0;

  /** @param onLost receives the entries that no connection took */
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

  /** The entries of a connection, in order. */
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
