import type { Sleep } from '#common/sleep.ts';

/** How long an answer waits for the next one to overtake it, in ms. */
const PATIENCE_MS = 1_000;

/** An answer that is held back so that the next one to the same client overtakes it. */
export class HeldAnswer {
  readonly #send: (bytes: Buffer) => void;
  readonly #sleep: Sleep;
  #bytes: Buffer | undefined;
  #overtaken = new AbortController();

  /** @param send is called when the answer's time has come */
  constructor(send: (bytes: Buffer) => void, sleep: Sleep) {
    this.#send = send;
    this.#sleep = sleep;
  }

  /** Holds an answer back. When one is held already it goes out behind this one, and nothing is held any more. */
  hold(bytes: Buffer): void {
    if (this.#bytes) {
      this.#send(bytes);
      this.release();
      return;
    }
    this.#bytes = bytes;
    this.#overtaken = new AbortController();
    this.#sleep(PATIENCE_MS, this.#overtaken.signal).then(
      () => this.release(),
      () => undefined,
    );
  }

  /** Sends the answer that is held, if there is one: the next one is out, or there will be none. */
  release(): void {
    const bytes = this.#bytes;
    this.#bytes = undefined;
    this.#overtaken.abort();
    if (bytes) this.#send(bytes);
  }
}
