interface Entry<Value> {
  readonly index: number;
  /** The time of its first value. */
  readonly at: number;
  value: Value;
}

/**
 * Values over time, thinned: those of one step are merged into one. When there are too many, the step doubles. So their
 * number has a bound, whatever the duration is.
 */
export class Steps<Value> {
  readonly #most: number;
  readonly #merge: (before: Value, next: Value) => Value;
  #entries: Entry<Value>[] = [];
  /** Seconds. */
  step: number;

  constructor(
    merge: (before: Value, next: Value) => Value,
    { step = 0.001, most = 900 }: { readonly step?: number; readonly most?: number } = {},
  ) {
    this.#merge = merge;
    this.#most = most;
    this.step = step;
  }

  /** @param at seconds; not before the latest one by more than a step */
  put(at: number, value: Value): void {
    this.#add({ index: Math.floor(at / this.step), at, value });
    while (this.#entries.length > this.#most) {
      this.step *= 2;
      const before = this.#entries;
      this.#entries = [];
      for (const entry of before) this.#add({ ...entry, index: Math.floor(entry.index / 2) });
    }
  }

  /** In the order of time. */
  get entries(): readonly Readonly<Entry<Value>>[] {
    return this.#entries;
  }

  #add(entry: Entry<Value>): void {
    const last = this.#entries.at(-1);
    if (last && last.index >= entry.index) last.value = this.#merge(last.value, entry.value);
    else this.#entries.push(entry);
  }
}

/** Merges two values into the larger, the later, or the sum. */
export const larger = (one: number, other: number) => Math.max(one, other);
export const later = <Value>(_before: Value, next: Value) => next;
export const sum = (one: number, other: number) => one + other;
