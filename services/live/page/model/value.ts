/** A value that others watch. */
export class Value<Kind> {
  #value: Kind;
  readonly #watchers = new Set<(value: Kind) => void>();

  constructor(value: Kind) {
    this.#value = value;
  }

  get(): Kind {
    return this.#value;
  }

  /** Tells the watchers, unless it is the same value. */
  set(value: Kind): void {
    if (Object.is(value, this.#value)) return;
    this.#value = value;
    for (const watcher of [...this.#watchers]) watcher(value);
  }

  /** Calls the watcher now and after each change, until the returned function is called. */
  watch(watcher: (value: Kind) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#value);
    return () => this.#watchers.delete(watcher);
  }
}
