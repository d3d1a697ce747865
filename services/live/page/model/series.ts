import type { Point } from '../../contract.ts';

/** The newest points of a chart. */
export class Series {
  readonly #most: number;
  #points: Point[] = [];

  constructor(most = 1_200) {
    this.#most = most;
  }

  get points(): readonly Point[] {
    return this.#points;
  }

  /** A point of the same time as the last one replaces it: a second that is not over is told again. */
  add(points: readonly Point[]): void {
    for (const point of points) {
      if (this.#points.at(-1)?.[0] === point[0]) this.#points.pop();
      this.#points.push(point);
    }
    if (this.#points.length > this.#most * 1.2) this.#points = this.#points.slice(-this.#most);
  }

  clear(): void {
    this.#points = [];
  }

  /** Those of the last seconds, and the one before them, so that a line has a beginning. */
  since(time: number): readonly Point[] {
    const first = this.#points.findIndex(([at]) => at >= time);
    return first < 0 ? this.#points.slice(-1) : this.#points.slice(Math.max(0, first - 1));
  }
}

/** Numbers for an axis from 0: round ones, at most `most` steps, the last at or above the highest value. */
export function ticksTo(highest: number, most = 4): readonly number[] {
  if (!(highest > 0)) return [0, 1];
  const rough = highest / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step =
    [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= rough * 0.999_999) ?? 10 * power;
  const count = Math.ceil(highest / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Wilson's 95 % interval of a share. */
export function intervalOf(count: number, total: number): readonly [low: number, high: number] {
  if (total === 0) return [0, 1];
  const z = 1.96;
  const share = count / total;
  const middle = (share + z ** 2 / (2 * total)) / (1 + z ** 2 / total);
  const half =
    (z / (1 + z ** 2 / total)) * Math.sqrt((share * (1 - share)) / total + z ** 2 / (4 * total ** 2));
  return [Math.max(0, middle - half), Math.min(1, middle + half)];
}
