import { PATIENCE_MS } from '#lib/faults/echo/fault.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';

/** An answer that is held back so that the next one to the same client overtakes it. */
export class HeldAnswer {
  readonly #sleep: Sleep;
  #send: (() => void) | undefined;
  #overtaken = new AbortController();

  constructor(sleep: Sleep) {
    this.#sleep = sleep;
  }

  /**
   * Holds an answer back. When one is held already it goes out behind this one, and nothing is held any more.
   *
   * @param send is called when the answer's time has come
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

  /** Sends the answer that is held, if there is one: the next one is out, or there will be none. */
  release(): void {
    const send = this.#send;
    this.#send = undefined;
    this.#overtaken.abort();
    send?.();
  }
}
