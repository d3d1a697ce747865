import type { Found, Loose, Tie } from './tie.ts';
import { isContradicted } from './verdicts.ts';

/** What is found where a fault was decided of which nothing is known: from then on what leaves may be its doing. */
export class UnexplainedFound implements Found {
  readonly #found: Found;
  isUnexplained = false;

  constructor(found: Found) {
    this.#found = found;
  }

  tie(tie: Tie): void {
    this.#found.tie(this.isUnexplained && isContradicted(tie) ? { ...tie, verdict: 'unexplained' } : tie);
  }

  loose(loose: Loose): void {
    if (!this.isUnexplained || loose.from === 'client') this.#found.loose(loose);
  }
}
