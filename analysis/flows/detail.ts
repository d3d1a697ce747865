import type { DetailEvent } from './facts.ts';

/** So much of both sides of the first retransmission. */
const BEFORE = 90;
const AFTER = 210;

/** Keeps the packets around the first retransmission of a flow, so that a person sees each of them. */
export class Detail {
  #before: DetailEvent[] = [];
  #after: DetailEvent[] | undefined;

  take(event: DetailEvent): void {
    if (this.#after) {
      if (this.#after.length < AFTER) this.#after.push(event);
      return;
    }
    if (event.kind === 'again') {
      this.#before = this.#before.slice(-BEFORE);
      this.#after = [event];
      return;
    }
    this.#before.push(event);
    if (this.#before.length === 4 * BEFORE) this.#before = this.#before.slice(-BEFORE);
  }

  /** Empty if nothing was retransmitted. */
  get events(): readonly DetailEvent[] {
    return this.#after ? [...this.#before, ...this.#after] : [];
  }
}
