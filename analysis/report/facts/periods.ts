import type { Match } from '#analysis/join/finding.ts';
import { isConfirmed } from '#analysis/join/verdicts.ts';
import { deciderOf, isHttp, isRefused } from '#lib/journal/entries.ts';
import type { ActiveProfile } from '#lib/journal/run.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { Decider } from '#lib/lab/deciders.ts';
import type { OutcomeFacts, Period } from './facts.ts';
import { interval } from './interval.ts';

interface Counts {
  readonly decider: Decider;
  readonly active: ActiveProfile | undefined;
  readonly journaled: Map<string, number>;
  readonly seen: Map<string, number>;
}

/** Counts the outcomes under each profile, in the journal and in the packets. Refused requests do not count. */
export class Periods {
  readonly #all = new Map<string, Counts>();

  add(match: Match, active: ActiveProfile | undefined): void {
    if (isRefused(match.entry)) return;
    const decider = deciderOf(match.entry);
    const key = `${decider} ${active?.from} ${active?.profile} ${active?.seed}`;
    const counts = this.#all.get(key) ?? { decider, active, journaled: new Map(), seen: new Map() };
    this.#all.set(key, counts);
    const outcome = outcomeOf(match.entry);
    count(counts.journaled, outcome);
    if (isConfirmed(match)) count(counts.seen, outcome);
  }

  facts(): Period[] {
    return [...this.#all.values()].map(({ decider, active, journaled, seen }) => {
      const configured = probabilitiesOf(active?.profile, decider === 'http' ? '200' : 'none');
      const total = [...journaled.values()].reduce((sum, one) => sum + one, 0);
      const shown = [...seen.values()].reduce((sum, one) => sum + one, 0);
      const names = new Set([...(configured?.keys() ?? []), ...journaled.keys()]);
      return {
        decider,
        from: active?.from,
        profile: active?.profile ?? 'unknown',
        seed: active?.seed,
        total,
        outcomes: [...names].map(
          (outcome): OutcomeFacts => ({
            outcome,
            configured: configured && (configured.get(outcome) ?? 0),
            journaled: journaled.get(outcome) ?? 0,
            seen: seen.get(outcome) ?? 0,
            ...interval(seen.get(outcome) ?? 0, shown),
          }),
        ),
      };
    });
  }
}

/** The name of a decision. */
export function outcomeOf(entry: Decision): string {
  return isHttp(entry) ? entry.outcome : entry.fault;
}

/** The probabilities of a profile, that of the rest included; undefined for a script. */
export function probabilitiesOf(profile: string | undefined, rest: string): Map<string, number> | undefined {
  if (profile === undefined || profile.startsWith('script:')) return undefined;
  const terms = profile === 'none' ? [] : profile.split(',').map((term) => term.split('='));
  const named = terms.map(([name = '', value]): [string, number] => [name, Number(value)]);
  const sum = named.reduce((total, [, probability]) => total + probability, 0);
  return new Map([...named, [rest, Math.max(0, 1 - sum)]]);
}

function count(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}
