/** A histogram of times with logarithmic buckets of 2 %, for little memory. */
export class Histogram {
  readonly #buckets = new Map<number, number>();
  #longest = 0;
  count = 0;

  /** @param seconds at least 0.1 µs; less counts as that */
  add(seconds: number): void {
    const bucket = Math.round(Math.log(Math.max(seconds, 1e-7)) * 50);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.#longest = Math.max(this.#longest, seconds);
    this.count += 1;
  }

  summary(): { readonly median: number; readonly p99: number; readonly longest: number } {
    return { median: this.#quantile(0.5), p99: this.#quantile(0.99), longest: this.#longest };
  }

  /** How long the shortest of each share is, in their order. */
  quantiles(shares: readonly number[]): readonly number[] {
    const sorted = [...this.#buckets].sort(([a], [b]) => a - b);
    let [at, passed] = [0, 0];
    return shares.map((share) => {
      while (at < sorted.length - 1 && passed + sorted[at]![1] < share * this.count) {
        passed += sorted[at]![1];
        at += 1;
      }
      return Math.min(Math.exp(sorted[at]![0] / 50), this.#longest);
    });
  }

  #quantile(share: number): number {
    let remaining = share * this.count;
    for (const [bucket, count] of [...this.#buckets].sort(([a], [b]) => a - b)) {
      remaining -= count;
      // A bucket holds times around its value.
      if (remaining <= 0) return Math.min(Math.exp(bucket / 50), this.#longest);
    }
    return this.#longest;
  }
}
