import { type Carried, ExposedOnce } from '../exposed.ts';
import type { Frame } from '../frames.ts';
import type { ExposedFact, Report } from './facts.ts';

/** How much a report shows of each kind, lest bodies leave no room for a password; the count is of all. */
const SHOWN = 200;
/** So many characters of each. */
const SHOWN_TEXT = 120;

/** What frames expose, counted as `make inspect` counts it. */
export class ExposedFacts {
  readonly #once = new ExposedOnce();
  readonly #shown: ExposedFact[] = [];
  readonly #found = new Map<string, number>();
  #inAll = 0;

  take(frame: Frame): void {
    for (const { what, text } of this.#once.by(carriedBy(frame))) {
      this.#inAll += 1;
      const found = (this.#found.get(what) ?? 0) + 1;
      this.#found.set(what, found);
      if (found <= SHOWN) this.#shown.push({ frame: frame.number, what, text: text.slice(0, SHOWN_TEXT) });
    }
  }

  facts(): Pick<Report, 'exposed' | 'exposedInAll'> {
    return { exposed: this.#shown, exposedInAll: this.#inAll };
  }
}

function carriedBy({ transport, client, server, toServer, overTls, sealed, ...frame }: Frame): Carried {
  const { payload, seq, flags } = frame;
  const flow = `${client} ${server} ${overTls} ${toServer}`;
  const segment = transport === 'tcp' ? { flow, seq, flags } : undefined;
  return { payload, isSealed: sealed !== undefined, segment };
}
