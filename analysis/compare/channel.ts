/** When this many values wait, the giver has to wait too. */
const ENOUGH = 10_000;

/** Passes values from one task to another, in order. The faster task waits for the slower. */
export class Channel<Value> implements AsyncIterator<Value, undefined> {
  #values: Value[] = [];
  #taken = 0;
  #isEnded = false;
  #awaited: (() => void)[] = [];

  /** Waits while too many values have not been taken. */
  async give(values: readonly Value[]): Promise<void> {
    for (const value of values) this.#values.push(value);
    this.#move();
    while (this.#values.length - this.#taken > ENOUGH) await this.#moved();
  }

  /** No more values follow. */
  end(): void {
    this.#isEnded = true;
    this.#move();
  }

  async next(): Promise<IteratorResult<Value, undefined>> {
    while (this.#taken === this.#values.length) {
      if (this.#isEnded) return { done: true, value: undefined };
      this.#values = [];
      this.#taken = 0;
      this.#move();
      await this.#moved();
    }
    const value = this.#values[this.#taken]!;
    this.#taken += 1;
    if (this.#taken === ENOUGH) {
      this.#values = this.#values.slice(ENOUGH);
      this.#taken = 0;
      this.#move();
    }
    return { done: false, value };
  }

  #moved(): Promise<void> {
    return new Promise((resolve) => {
      this.#awaited.push(resolve);
    });
  }

  #move(): void {
    for (const resolve of this.#awaited.splice(0)) resolve();
  }
}
