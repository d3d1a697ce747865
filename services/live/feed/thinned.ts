import type { Point } from '../contract.ts';

/** Points of a chart, thinned: of each step of time only the largest value is kept. */
export class Thinned {
  readonly #step: number;
  #points: [time: number, value: number][] = [];
  #latest = Number.NEGATIVE_INFINITY;

  /** @param step in seconds */
  constructor(step: number) {
    this.#step = step;
  }

  add(time: number, value: number): void {
    const at = Math.floor(time / this.#step);
    const last = this.#points.at(-1);
    if (last && at <= this.#latest) {
      if (value > last[1]) this.#points[this.#points.length - 1] = [time, value];
      return;
    }
    this.#latest = Math.max(at, this.#latest);
    this.#points.push([time, value]);
  }

  /** The points since the last call. */
  take(): readonly Point[] {
    return this.#points.splice(0);
  }
}
