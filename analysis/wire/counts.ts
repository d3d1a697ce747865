import type { Verdict } from '#analysis/join/verdicts.ts';
import type { WireMatch } from './finding.ts';
import { type WireReason, wireReasonNames, wireReasons, wireVerdictOf } from './reasons.ts';

/** Counts decisions of the wire by their reasons. */
export class WireCounts {
  readonly #reasons = new Map<WireReason, number>();
  all = 0;

  add({ reason }: Pick<WireMatch, 'reason'>): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
    this.all += 1;
  }

  of(verdict: Verdict): number {
    let sum = 0;
    for (const [reason, count] of this.#reasons) if (wireVerdictOf({ reason }) === verdict) sum += count;
    return sum;
  }

  get facts() {
    return {
      confirmed: this.of('confirmed'),
      contradicted: this.of('contradicted'),
      unknown: this.of('unknown'),
      reasons: Object.fromEntries(this.#reasons) as Partial<Record<WireReason, number>>,
    };
  }

  describe(): string {
    return describeCounts(this.facts);
  }
}

/** As `5 of 6 decisions of the wire confirmed by packets, 0 contradicted, 1 unknown (capture-gap 1).` */
export function describeCounts({ confirmed, contradicted, unknown, reasons }: WireCounts['facts']): string {
  const why = wireReasonNames.flatMap((name) => {
    const { [name]: count } = reasons;
    return count && wireReasons[name].verdict === 'unknown' ? `${name} ${count}` : [];
  });
  return [
    `${confirmed} of ${confirmed + contradicted + unknown} decisions of the wire confirmed by packets`,
    `${contradicted} contradicted`,
    `${unknown} unknown${unknown > 0 ? ` (${why.join(', ')})` : ''}.`,
  ].join(', ');
}
