import { WireCounts } from '#analysis/wire/counts.ts';
import { describeWire, shownBy } from '#analysis/wire/describe.ts';
import type { WireFinding, WireMatch } from '#analysis/wire/finding.ts';
import { wireVerdictOf } from '#analysis/wire/reasons.ts';
import type { WireListener } from '#analysis/wire/wire-of-run.ts';
import { hosts } from '#lib/lab/hosts.ts';

const HEAD = '  Frame            Decision of the wire and its journal entry';

export interface WireEntriesParts {
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** Lists the decisions of the wire that show in the capture of one host. */
export class WireEntries implements WireListener {
  readonly #host: string;
  readonly #parts: WireEntriesParts;
  readonly #counts = new WireCounts();
  #elsewhere = 0;

  constructor(host: string, parts: WireEntriesParts) {
    this.#host = host;
    this.#parts = parts;
  }

  take(finding: WireFinding): void {
    if (finding.kind !== 'decision') return;
    const { json, print } = this.#parts;
    if (shownBy(finding).host !== this.#host) {
      this.#elsewhere += 1;
      return;
    }
    if (!json && this.#counts.all === 0) print(HEAD);
    this.#counts.add(finding);
    print(json ? JSON.stringify(factsOf(finding)) : rowOf(finding));
  }

  /** The lines after all tables. */
  end(): string[] {
    const all = this.#counts.all + this.#elsewhere;
    if (all === 0) return [];
    if (this.#parts.json) return [JSON.stringify({ wire: this.#facts() })];
    const other = hosts.find((host) => host !== this.#host);
    const elsewhere = `CAPTURE=${other} lists ${this.#elsewhere} more.`;
    return [`${this.#counts.describe()}${this.#elsewhere > 0 ? ` ${elsewhere}` : ''}`];
  }

  #facts() {
    const [confirmed, contradicted, unknown] = (['confirmed', 'contradicted', 'unknown'] as const).map(
      (verdict) => this.#counts.of(verdict),
    );
    return { confirmed, contradicted, unknown, elsewhere: this.#elsewhere };
  }
}

function factsOf(match: WireMatch): object {
  const { entry, reason, from, sent, received, error, took, passed } = match;
  const shown = shownBy(match);
  return {
    ...{ wire: entry, verdict: wireVerdictOf(match), reason, from },
    ...{ sent: sent?.number, received: received.map(({ number }) => number), error: error?.number },
    ...{ took, passed: entry.fault === 'reorder' ? passed : undefined },
    ...{ shows: shown.frame?.number, comment: describeWire(match) },
  };
}

function rowOf(match: WireMatch): string {
  const { from, received, sent } = match;
  const mark = wireVerdictOf(match) === 'contradicted' ? '! ' : '  ';
  const { frame } = shownBy(match);
  const own = received.length > 0 ? received : [frame].filter((one) => one !== undefined);
  const numbers = own.map(({ number }) => number).join(' ') || '-';
  const origin = received.length > 0 && sent ? `; sent in frame ${sent.number} of the ${from}` : '';
  return `${mark}${numbers.padEnd(16)} ${describeWire(match)}${origin}`;
}
