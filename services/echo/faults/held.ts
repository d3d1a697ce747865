import { PATIENCE_MS } from '#lib/faults/echo/fault.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';

/** Holds an answer back, so that the next one to the same client overtakes it. */
export class HeldAnswer {
  readonly #sleep: Sleep;
  #send: (() => void) | undefined;
  #overtaken = new AbortController();

  constructor(sleep: Sleep) {
    this.#sleep = sleep;
  }

  /**
   * Holds an answer back. When another one is held already, the new one is sent first, then the old one.
   *
   * @param send sends the answer when it is time
   */
  hold(bytes: Buffer, send: (bytes: Buffer) => void): void {
    if (this.#send) {
      send(bytes);
      this.release();
      return;
    }
    this.#send = () => send(bytes);
    this.#overtaken = new AbortController();
    this.#sleep(PATIENCE_MS, this.#overtaken.signal).then(
      () => this.release(),
      () => undefined,
    );
  }

  /** Sends the held answer, if there is one: the next one was sent, or there will be none. */
  release(): void {
    const send = this.#send;
    this.#send = undefined;
    this.#overtaken.abort();
    send?.();
  }
}
