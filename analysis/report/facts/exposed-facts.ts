import type { Exposure } from '#analysis/exposure/exposed.ts';
import type { ExposedFact, Report } from './facts.ts';

/** The most exposures of each kind that a report lists, so that bodies leave room for a password. All are counted. */
const SHOWN = 200;
/** The most characters of each. */
const SHOWN_TEXT = 120;

/** The exposures of a report. */
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
