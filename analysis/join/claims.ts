import type { Range } from '#analysis/capture/tcp-stream.ts';

/** The ranges of `length` bytes from a position on that skip the ranges of others. */
export function rangesFrom(from: number, length: number, others: readonly Range[]): Range[] {
  const ranges: Range[] = [];
  let at = from;
  let left = length;
  for (const other of others) {
    if (other.to <= at) continue;
    const free = Math.min(other.from - at, left);
    if (free > 0) ranges.push({ from: at, to: at + free });
    left -= Math.max(0, free);
    if (left === 0) return ranges;
    at = other.to;
  }
  if (left > 0) ranges.push({ from: at, to: at + left });
  return ranges;
}

/** Collects the ranges of a stream that have an entry, and finds the ranges without one. */
export class Claims {
  /** Ordered by where they begin. */
  readonly #ranges: Range[] = [];
  /** Every byte before this position is accounted for. */
  #done = 0;
  #last = 0;

  get done(): number {
    return this.#done;
  }

  /** The end of the last range. */
  get last(): number {
    return Math.max(this.#last, this.#done);
  }

  /** How many ranges wait for the bytes before them. */
  get count(): number {
    return this.#ranges.length;
  }

  add(ranges: readonly Range[]): void {
    for (const range of ranges) {
      // A new range is almost always the last.
      const at = this.#ranges.findLastIndex(({ from }) => from <= range.from) + 1;
      this.#ranges.splice(at, 0, range);
      this.#last = Math.max(this.#last, range.to);
    }
  }

  /** The ranges without an entry up to a position. Nothing before it may be added later. */
  freeUpTo(limit: number): Range[] {
    const free: Range[] = [];
    while (this.#done < limit) {
      const next = this.#ranges[0];
      const from = Math.min(next?.from ?? limit, limit);
      if (from > this.#done) free.push({ from: this.#done, to: from });
      this.#done = Math.max(this.#done, from);
      if (!next || next.from >= limit) break;
      this.#done = Math.max(this.#done, next.to);
      this.#ranges.shift();
    }
    return free;
  }
}
