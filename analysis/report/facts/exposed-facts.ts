import type { Exposure } from '#analysis/exposure/exposed.ts';
import type { ExposedFact, Report } from './facts.ts';

/** How much a report shows of each kind, lest bodies leave no room for a password; the count is of all. */
const SHOWN = 200;
/** So many characters of each. */
const SHOWN_TEXT = 120;

/** What frames expose. */
export class ExposedFacts {
  readonly #shown: ExposedFact[] = [];
  readonly #found = new Map<string, number>();
  #inAll = 0;

  add(frame: number, { what, text }: Exposure): void {
    this.#inAll += 1;
    const found = (this.#found.get(what) ?? 0) + 1;
    this.#found.set(what, found);
    if (found <= SHOWN) this.#shown.push({ frame, what, text: text.slice(0, SHOWN_TEXT) });
  }

  facts(): Pick<Report, 'exposed' | 'exposedInAll'> {
    return { exposed: this.#shown, exposedInAll: this.#inAll };
  }
}
