/** The most points that are kept. */
const MOST = 4_000;

interface Sample {
  readonly packets: number;
  readonly dropped: number;
}

interface Point {
  readonly time: number;
  readonly packets: number;
}

/** The length of a queue over time. When there are too many samples, the longer one of two is kept. */
export class QueueLengths {
  #points: Point[] = [];
  /** How many samples are one point, and those of the next point. */
  #together = 1;
  #waiting: Point[] = [];
  dropped = 0;

  get points(): readonly Point[] {
    return this.#waiting.length === 0 ? this.#points : [...this.#points, longest(this.#waiting)];
  }

  take({ packets, dropped }: Sample, time: number): void {
    this.dropped += dropped;
    this.#waiting.push({ time, packets });
    if (this.#waiting.length < this.#together) return;
    this.#points.push(longest(this.#waiting.splice(0)));
    if (this.#points.length < MOST) return;
    this.#points = this.#points.flatMap((point, at) =>
      at % 2 === 0 ? [longest([point, ...this.#points.slice(at + 1, at + 2)])] : [],
    );
    this.#together *= 2;
  }
}

function longest(points: readonly Point[]): Point {
  return points.reduce((most, one) => (one.packets > most.packets ? one : most));
}
