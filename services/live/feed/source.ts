/** Values in order, of which the next one can be looked at before it is taken. */
export interface Source<Value> {
  /** Undefined while there is none. */
  peek(): Promise<Value | undefined>;
  take(): void;
}

/** Values that are added while others are taken. */
export class Queue<Value> implements Source<Value> {
  #values: Value[] = [];
  #at = 0;

  add(values: readonly Value[]): void {
    this.#values = [...this.#values.slice(this.#at), ...values];
    this.#at = 0;
  }

  async peek(): Promise<Value | undefined> {
    return this.#values[this.#at];
  }

  take(): void {
    this.#at += 1;
  }
}

/** The values of a file that has ended. */
export class Read<Value> implements Source<Value> {
  readonly #values: AsyncIterator<Value>;
  #next: IteratorResult<Value> | undefined;

  constructor(values: AsyncIterator<Value>) {
    this.#values = values;
  }

  async peek(): Promise<Value | undefined> {
    this.#next ??= await this.#values.next();
    return this.#next.done ? undefined : this.#next.value;
  }

  take(): void {
    if (!this.#next?.done) this.#next = undefined;
  }
}
