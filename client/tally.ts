import type { Attempt, Result } from './exchange.ts';

/** Counts messages, and their attempts by result. */
export class Tally {
  messages = 0;
  givenUp = 0;
  /** Messages that were not sent because they are not allowed. */
  refused = 0;
  readonly #results = new Map<Result, number>();

  add(attempts: readonly Attempt[], arrived: boolean): void {
    this.messages += 1;
    if (!arrived) this.givenUp += 1;
    for (const { result } of attempts) this.#results.set(result, (this.#results.get(result) ?? 0) + 1);
  }

  counts(): Record<string, number> {
    return { messages: this.messages, given_up: this.givenUp, ...Object.fromEntries(this.#results) };
  }

  summary(): string {
    const { messages, givenUp, refused } = this;
    const attempts = this.#results.values().reduce((sum, count) => sum + count, 0);
    const results = Array.from(this.#results, ([result, count]) => `${count} × ${result}`);
    const made = results.length > 0 ? `, ${attempts} attempts: ${results.join(', ')}` : '';
    return `${messages} messages, ${messages - givenUp} answered, ${givenUp} given up${refused > 0 ? `, ${refused} not allowed` : ''}${made}`;
  }
}
