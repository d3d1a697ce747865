/** The most that one direction of the wire holds, wherever it waits. */
const MOST_PACKETS = 100_000;
const MOST_BYTES = 128 * 2 ** 20;

/** What one direction of the wire holds. */
export class Room {
  packets = 0;
  #bytes = 0;

  get isFull(): boolean {
    return this.packets >= MOST_PACKETS || this.#bytes >= MOST_BYTES;
  }

  take({ length }: Buffer): void {
    this.packets += 1;
    this.#bytes += length;
  }

  leave({ length }: Buffer): void {
    this.packets -= 1;
    this.#bytes -= length;
  }
}
