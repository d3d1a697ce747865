import type { Range } from './facts.ts';

/** The bytes above the acknowledged ones that SACK blocks cover. */
export class Scoreboard {
  /** In order, and none touches the next. */
  #ranges: Range[] = [];
  /** How many bytes they have. */
  bytes = 0;

  /** Adds a block, and returns its parts that are new. */
  add({ from, to }: Range): Range[] {
    const fresh: Range[] = [];
    let at = from;
    const others: Range[] = [];
    let whole = { from, to };
    for (const range of this.#ranges) {
      if (range.to < from || range.from > to) {
        others.push(range);
        continue;
      }
      if (range.from > at) fresh.push({ from: at, to: range.from });
      at = Math.max(at, range.to);
      whole = { from: Math.min(whole.from, range.from), to: Math.max(whole.to, range.to) };
    }
    if (at < to) fresh.push({ from: at, to });
    if (fresh.length === 0) return fresh;
    const place = others.findLastIndex((range) => range.to < whole.from) + 1;
    others.splice(place, 0, whole);
    this.#ranges = others;
    this.bytes += sizeOf(fresh);
    return fresh;
  }

  /** Everything below a position is acknowledged now. */
  drop(below: number): void {
    if (this.#ranges.length === 0 || this.#ranges[0]!.from >= below) return;
    this.#ranges = this.#ranges
      .filter(({ to }) => to > below)
      .map(({ from, to }) => ({ from: Math.max(from, below), to }));
    this.bytes = sizeOf(this.#ranges);
  }

  /** Whether it covers bytes at or above a position. */
  hasAbove(position: number): boolean {
    return (this.#ranges.at(-1)?.to ?? 0) > position;
  }
}

function sizeOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}
