/**
 * Collects items and sends them together at the end of the turn of the event loop. The other side then wakes up once
 * for all of them. On a machine with few cores, that is cheaper for the sender too.
 */
export class Outbox<Item> {
  readonly #send: (item: Item) => void;
  #items: Item[] = [];

  constructor(send: (item: Item) => void) {
    this.#send = send;
  }

  put(item: Item): void {
    if (this.#items.length === 0) setImmediate(() => this.flush());
    this.#items.push(item);
  }

  /** Sends the collected items now. */
  flush(): void {
    const items = this.#items;
    this.#items = [];
    for (const item of items) this.#send(item);
  }
}
