import type { WireDecision } from '#lib/journal/wire-schema.ts';
import type { WireMatch } from './finding.ts';

/** Hands the verdicts on: in the order of the journal, or each at once. */
export class Verdicts {
  readonly #emit: (match: WireMatch) => void;
  readonly #isPrompt: boolean;
  /** Entries without a verdict, and those after them. */
  readonly #all = new Map<WireDecision, WireMatch | undefined>();
  readonly #seeds = new WeakMap<WireDecision, string>();
  /** The seed of the entries that follow. */
  seed: string | undefined;

  constructor(emit: (match: WireMatch) => void, isPrompt = false) {
    this.#emit = emit;
    this.#isPrompt = isPrompt;
  }

  /** An entry will get its verdict. */
  await(entry: WireDecision): void {
    this.#all.set(entry, undefined);
    if (this.seed !== undefined) this.#seeds.set(entry, this.seed);
  }

  awaits(entry: WireDecision): boolean {
    return this.#all.has(entry) && this.#all.get(entry) === undefined;
  }

  give(entry: WireDecision, match: Omit<WireMatch, 'seed'>): void {
    const given = { ...match, seed: this.#seeds.get(entry) };
    if (this.#isPrompt) {
      this.#all.delete(entry);
      this.#emit(given);
    } else this.#all.set(entry, given);
  }

  flush(): void {
    for (const [entry, match] of this.#all) {
      if (!match) return;
      this.#all.delete(entry);
      this.#emit(match);
    }
  }

  finish(): void {
    this.flush();
    for (const [, match] of this.#all) if (match) this.#emit(match);
  }
}
