import { outcomeOf, probabilitiesOf } from '#analysis/report/facts/periods.ts';
import { conditionProbabilities } from '#analysis/report/facts/wire-facts.ts';
import type { WireFinding } from '#analysis/wire/finding.ts';
import { deciderOf, isEvent, isRefused } from '#lib/journal/entries.ts';
import { ActiveProfiles, type Run } from '#lib/journal/run.ts';
import type { Entry } from '#lib/journal/schema.ts';
import { isWireDecision, wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEntry, WireEvent } from '#lib/journal/wire-schema.ts';
import { type Decider, deciders } from '#lib/lab/deciders.ts';
import type { Tally } from '../contract.ts';

type Side = 'up' | 'down';
type Conditions = Extract<WireEvent, { event: 'wire' }>;

/** What was decided while the same profile or conditions were in force. */
interface Counted {
  /** What identifies that time. */
  readonly key: string;
  readonly counts: Map<string, number>;
  total: number;
}

/** Counts the outcomes and faults of each decider since its present profile is in force, as journals have them. */
export class Tallies {
  readonly #profiles: ActiveProfiles;
  readonly #counted = new Map<string, Counted>();
  #conditions: Conditions | undefined;
  /** When the wire ended, in seconds since 1970. Later packets went past it. */
  #wireEnded = Number.POSITIVE_INFINITY;
  #hasChanged = true;

  constructor(run: Pick<Run, 'starts'>) {
    this.#profiles = new ActiveProfiles(run);
  }

  /** Programs have started since then. */
  extend(starts: Run['starts']): void {
    this.#profiles.extend(starts);
    for (const { timestamp } of starts) this.#profiles.moveTo(timestamp);
    this.#hasChanged = true;
  }

  /** Takes the entries of both servers, in the order of time. */
  read(entry: Entry): void {
    this.#profiles.advance(entry);
    this.#hasChanged = true;
    if (isEvent(entry) || isRefused(entry)) return;
    const decider = deciderOf(entry);
    const counted = this.#of(decider, this.#keyOf(decider));
    counted.total += 1;
    count(counted, outcomeOf(entry));
  }

  readWire(entry: WireEntry): void {
    if (isWireDecision(entry)) count(this.#ofWire(entry.direction), entry.fault);
    else if (entry.event === 'wire') {
      this.#conditions = entry;
      this.#wireEnded = Number.POSITIVE_INFINITY;
    } else if (entry.event === 'end') this.#wireEnded = wireTimeOf(entry);
    else return;
    this.#hasChanged = true;
  }

  /** Each packet that went over the wire counts once, whatever became of it. */
  takeWire(finding: WireFinding): void {
    if (finding.kind !== 'packet' || finding.fortune === 'twice' || finding.fortune === 'stray') return;
    if (!this.#conditions || finding.time > this.#wireEnded) return;
    this.#ofWire(finding.from === 'client' ? 'up' : 'down').total += finding.packets;
    this.#hasChanged = true;
  }

  /** All tallies; undefined when nothing has changed since the last call. */
  take(): readonly Tally[] | undefined {
    if (!this.#hasChanged) return undefined;
    this.#hasChanged = false;
    const conditions = this.#conditions;
    return [
      ...deciders.flatMap((decider) => this.#tallyOf(decider)),
      ...(conditions ? (['up', 'down'] as const).map((side) => this.#wireTallyOf(side, conditions)) : []),
    ];
  }

  #tallyOf(decider: Decider): Tally | [] {
    const active = this.#profiles.of(decider);
    const { counts, total } = this.#of(decider, this.#keyOf(decider));
    if (!active && total === 0) return [];
    const rest = decider === 'http' ? '200' : 'none';
    return {
      ...{ decider, profile: active?.profile ?? 'unknown', seed: active?.seed, total },
      counts: countsOf(counts, probabilitiesOf(active?.profile, rest)),
    };
  }

  #wireTallyOf(side: Side, conditions: Conditions): Tally {
    const { counts, total } = this.#ofWire(side);
    const decided = [...counts.values()].reduce((sum, one) => sum + one, 0);
    return {
      ...{ decider: `wire-${side}`, profile: conditions[side], seed: conditions.seed },
      total: Math.max(total, decided),
      counts: countsOf(counts, conditionProbabilities(conditions, side), true),
    };
  }

  #keyOf(decider: Decider): string {
    const { from, profile, seed } = this.#profiles.of(decider) ?? {};
    return `${from} ${profile} ${seed}`;
  }

  #ofWire(side: Side): Counted {
    return this.#of(`wire-${side}`, `${this.#conditions?.id} ${this.#conditions?.timestamp}`);
  }

  #of(name: string, key: string): Counted {
    const known = this.#counted.get(name);
    if (known?.key === key) return known;
    const counted: Counted = { key, counts: new Map(), total: 0 };
    this.#counted.set(name, counted);
    return counted;
  }
}

function count({ counts }: Counted, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** @param isPart whether faults without a probability may occur too */
function countsOf(
  counts: ReadonlyMap<string, number>,
  configured: ReadonlyMap<string, number> | undefined,
  isPart = false,
): Tally['counts'] {
  const names = new Set([...(configured?.keys() ?? []), ...counts.keys()]);
  return [...names].map((name) => ({
    name,
    probability: configured && (isPart ? configured.get(name) : (configured.get(name) ?? 0)),
    count: counts.get(name) ?? 0,
  }));
}
