/** Which rows of a long list are drawn, and how much space is above and below them. In pixels. */
export interface Drawn {
  readonly from: number;
  /** The row after the last. */
  readonly to: number;
  readonly above: number;
  readonly below: number;
}

/** The heights of the rows of a list: measured ones, and an estimate for those that were never drawn. */
export class Heights {
  readonly #measured = new Map<number, number>();
  #tops = new Float64Array(1);
  #count = 0;

  /** @param estimate for a row that was not measured */
  layOut<Row extends { readonly key: number }>(rows: readonly Row[], estimate: (row: Row) => number): void {
    if (this.#tops.length <= rows.length) this.#tops = new Float64Array(2 * rows.length + 1);
    this.#count = rows.length;
    let top = 0;
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index]!;
      top += this.#measured.get(row.key) ?? estimate(row);
      this.#tops[index + 1] = top;
    }
    if (this.#measured.size > 4 * rows.length + 1_000) this.#forget(rows);
  }

  /** Returns whether it differs from what was known. */
  measure(key: number, height: number): boolean {
    const before = this.#measured.get(key);
    if (before !== undefined && Math.abs(before - height) < 0.5) return false;
    this.#measured.set(key, height);
    return true;
  }

  /** At another width every height may be another. */
  forgetAll(): void {
    this.#measured.clear();
  }

  get total(): number {
    return this.#tops[this.#count]!;
  }

  top(index: number): number {
    return this.#tops[Math.min(Math.max(0, index), this.#count)]!;
  }

  /** The row at a height. */
  at(offset: number): number {
    let [low, high] = [0, this.#count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#tops[middle + 1]! > offset) high = middle;
      else low = middle + 1;
    }
    return Math.min(low, Math.max(0, this.#count - 1));
  }

  /** The rows between two heights, and some more on both sides. */
  drawn(top: number, bottom: number, more: number): Drawn {
    if (this.#count === 0) return { from: 0, to: 0, above: 0, below: 0 };
    const from = Math.max(0, this.at(top) - more);
    const to = Math.min(this.#count, this.at(bottom) + 1 + more);
    return { from, to, above: this.top(from), below: this.total - this.top(to) };
  }

  #forget(rows: readonly { readonly key: number }[]): void {
    const kept = new Set(rows.map(({ key }) => key));
    for (const key of this.#measured.keys()) if (!kept.has(key)) this.#measured.delete(key);
  }
}
