import { Histogram } from '#analysis/compare/histogram.ts';
import { WireCounts } from '#analysis/wire/counts.ts';
import type { WireFinding, WireMatch, WirePacket } from '#analysis/wire/finding.ts';
import { wireVerdictOf } from '#analysis/wire/reasons.ts';
import type { WireListener } from '#analysis/wire/wire-of-run.ts';
import { parseProfile } from '#lib/faults/fault-profile.ts';
import { drawnNames } from '#lib/faults/wire/index.ts';
import { wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEvent } from '#lib/journal/wire-schema.ts';
import type { WireFacts, WireFaultFacts } from './facts.ts';
import { interval } from './interval.ts';
import { QueueLengths } from './queue-lengths.ts';

type Direction = 'up' | 'down';
type Conditions = Extract<WireEvent, { event: 'wire' }>;

/** The shares of all delays whose length is given. */
const SHARES = Array.from({ length: 51 }, (_, at) => at / 50);

interface Counted {
  decided: number;
  confirmed: number;
}

/** A time in which the conditions of the wire were the same. */
interface Period {
  readonly from: number;
  /** When the wire ended. */
  to: number;
  readonly conditions: Conditions;
  readonly packets: Record<Direction, number>;
  readonly faults: Readonly<Record<Direction, Map<string, Counted>>>;
}

/** Collects what a report has about the wire. */
export class WireReport implements WireListener {
  readonly #periods: Period[] = [];
  readonly #decisions = new WireCounts();
  readonly #decided = new Histogram();
  readonly #seen = new Histogram();
  readonly #queues: Readonly<Record<Direction, QueueLengths>> = {
    up: new QueueLengths(),
    down: new QueueLengths(),
  };

  take(finding: WireFinding): void {
    if (finding.kind === 'event') this.#takeEvent(finding.event);
    else if (finding.kind === 'decision') this.#takeDecision(finding);
    else if (finding.kind === 'packet') this.#takePacket(finding);
  }

  /** @param began when the server's capture began, in seconds since 1970; undefined if it is empty */
  facts(began = 0): WireFacts | undefined {
    const [first] = this.#periods;
    if (!first) return undefined;
    return {
      address: first.conditions.address,
      conditions: this.#periods.map(({ conditions: { timestamp, seed, up, down } }) => ({
        ...{ from: timestamp, seed, up, down },
      })),
      faults: this.#periods.flatMap(faultsOf),
      decisions: this.#decisions.facts,
      delays: this.#delays(),
      queues: (['up', 'down'] as const).flatMap((direction) => {
        const { dropped, points } = this.#queues[direction];
        if (points.length === 0) return [];
        return {
          direction,
          dropped,
          points: points.map(({ time, packets }) => ({ at: time - began, packets })),
        };
      }),
    };
  }

  #takeEvent(event: WireEvent): void {
    if (event.event === 'queue') this.#queues[event.direction].take(event, wireTimeOf(event));
    if (event.event === 'wire') this.#begin(event);
    const last = this.#periods.at(-1);
    if (event.event === 'end' && last) last.to = wireTimeOf(event);
  }

  #begin(event: Conditions): void {
    this.#periods.push({
      from: wireTimeOf(event),
      to: Number.POSITIVE_INFINITY,
      conditions: event,
      packets: { up: 0, down: 0 },
      faults: { up: new Map(), down: new Map() },
    });
  }

  #takeDecision(match: WireMatch): void {
    const { entry, took } = match;
    const isConfirmed = wireVerdictOf(match) === 'confirmed';
    this.#decisions.add(match);
    const faults = this.#periodAt(wireTimeOf(entry))?.faults[entry.direction];
    const counted = faults?.get(entry.fault) ?? { decided: 0, confirmed: 0 };
    counted.decided += 1;
    if (isConfirmed) counted.confirmed += 1;
    faults?.set(entry.fault, counted);
    if (!isConfirmed || took === undefined || entry.delay_ms === undefined) return;
    this.#decided.add(entry.delay_ms / 1000);
    this.#seen.add(took);
  }

  /** Every packet counts once, whatever became of it. */
  #takePacket({ fortune, from, packets, time }: WirePacket): void {
    if (fortune === 'twice' || fortune === 'stray') return;
    const period = this.#periodAt(time);
    if (period) period.packets[from === 'client' ? 'up' : 'down'] += packets;
  }

  #periodAt(time: number): Period | undefined {
    const last = this.#periods.findLast(({ from }) => from <= time);
    return last && time <= last.to ? last : undefined;
  }

  #delays(): WireFacts['delays'] {
    const { count } = this.#seen;
    if (count === 0) return undefined;
    const [decided, seen] = [this.#decided, this.#seen].map((one) => one.quantiles(SHARES));
    return {
      count,
      shares: SHARES.map((share, at) => ({ share, decided: decided![at]!, seen: seen![at]! })),
    };
  }
}

function faultsOf({ conditions, faults, packets }: Period): WireFaultFacts[] {
  return (['up', 'down'] as const).flatMap((direction) => {
    const configured = conditionProbabilities(conditions, direction);
    const names = new Set([...configured.keys(), ...faults[direction].keys()]);
    return [...names].map((fault): WireFaultFacts => {
      const { confirmed, decided } = faults[direction].get(fault) ?? { confirmed: 0, decided: 0 };
      const all = Math.max(packets[direction], decided);
      return {
        ...{ from: conditions.timestamp, direction, fault, configured: configured.get(fault) },
        ...{ packets: all, decided, confirmed, ...interval(confirmed, all) },
      };
    });
  });
}

/** The probabilities that apply to every packet: none if a filter chooses some. */
export function conditionProbabilities({ set }: Conditions, direction: Direction): Map<string, number> {
  const { faults = 'none', filter = 'none', tamper = 'none' } = set[direction];
  const { profile } = parseProfile(faults, drawnNames);
  if (profile?.kind !== 'probabilities' || filter !== 'none') return new Map();
  const probabilities = new Map(profile.of);
  // Most packets lack the text of such a rule, or are no TCP segments.
  if (!tamper.startsWith('replay')) probabilities.delete('tamper');
  return probabilities;
}
