import type { Point } from '../contract.ts';
import { isAhead } from './due.ts';

/** Payload in each second, in bytes. A pause begins and ends with a 0. */
export class Throughput {
  #second = Number.NEGATIVE_INFINITY;
  #bytes = 0;
  #isPause = true;
  readonly #points: Point[] = [];

  /** Takes packets in the order of time. */
  add(time: number, bytes: number): void {
    this.moveTo(time);
    this.#bytes += bytes;
  }

  /**
   * All packets from before a time have been taken.
   *
   * @param now the time by the clock of this machine; when that was set back, it begins again
   */
  moveTo(until: number, now = Number.POSITIVE_INFINITY): void {
    if (isAhead(this.#second, now)) {
      this.#second = Number.NEGATIVE_INFINITY;
      this.#isPause = true;
    }
    const second = Math.floor(until);
    const [ended, bytes] = [this.#second, this.#bytes];
    if (second <= ended) return;
    this.#second = second;
    this.#bytes = 0;
    if (bytes > 0 && this.#isPause) this.#points.push([ended - 1, 0]);
    if (bytes > 0 || !this.#isPause) this.#points.push([ended, bytes]);
    if (bytes > 0 && second > ended + 1) this.#points.push([ended + 1, 0]);
    this.#isPause = bytes === 0 || second > ended + 1;
  }

  /** The points since the last call. */
  take(): readonly Point[] {
    return this.#points.splice(0);
  }
}
