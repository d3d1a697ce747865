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

  /** As `5 of 6 decisions of the wire confirmed by packets, 0 contradicted, 1 unknown (capture-gap 1).` */
  describe(): string {
    const why = wireReasonNames.flatMap((name) => {
      const count = this.#reasons.get(name);
      return count && wireReasons[name].verdict === 'unknown' ? `${name} ${count}` : [];
    });
    const unknown = this.of('unknown');
    return [
      `${this.of('confirmed')} of ${this.all} decisions of the wire confirmed by packets`,
      `${this.of('contradicted')} contradicted`,
      `${unknown} unknown${unknown > 0 ? ` (${why.join(', ')})` : ''}.`,
    ].join(', ');
  }
}
