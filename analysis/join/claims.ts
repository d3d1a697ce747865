import type { Range } from '#analysis/capture/tcp-stream.ts';

/** The next so many bytes from a position on, with those left out that others take. */
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

/** Takes ranges, and says which parts of the stream none of them has, from its beginning on. */
export class Claims {
  /** In the order of their beginnings. */
  readonly #ranges: Range[] = [];
  /** Up to here all is said. */
  #done = 0;
  #last = 0;

  get done(): number {
    return this.#done;
  }

  /** Where the last one ends. */
  get last(): number {
    return Math.max(this.#last, this.#done);
  }

  /** How many wait until nothing before them is claimed any more. */
  get count(): number {
    return this.#ranges.length;
  }

  add(ranges: readonly Range[]): void {
    for (const range of ranges) {
      // Almost always it is the last.
      const at = this.#ranges.findLastIndex(({ from }) => from <= range.from) + 1;
      this.#ranges.splice(at, 0, range);
      this.#last = Math.max(this.#last, range.to);
    }
  }

  /** What is free up to a position, which nothing is to claim any more. */
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
