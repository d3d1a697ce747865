import type { MatchFinding } from '#analysis/join/matching.ts';
import { deciderOf } from '#lib/journal/entries.ts';
import { wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import type { Direction, Point, Samples } from '../contract.ts';
import type { Due } from './due.ts';
import { Thinned } from './thinned.ts';
import { Throughput } from './throughput.ts';

/** Charts have one value for each stretch of this length, in seconds. */
const STEP = 0.02;

/** Collects the samples of the charts. */
export class Charts {
  readonly #delays = new Map<string, Point[]>();
  readonly #roundTrips = new Thinned(STEP);
  readonly #throughput = { up: new Throughput(), down: new Throughput() };
  readonly #queue = { up: new Thinned(STEP), down: new Thinned(STEP) };

  /** An answer of a server was matched with its request. */
  takeMatch(finding: MatchFinding): void {
    if (finding.kind !== 'match' || finding.took === undefined) return;
    const decider = deciderOf(finding.entry);
    const points = this.#delays.get(decider) ?? [];
    this.#delays.set(decider, points);
    points.push([finding.response[0]!.time, toMs(finding.took)]);
  }

  /** @param seconds a round trip that ends at a time */
  takeRoundTrip(time: number, seconds: number): void {
    this.#roundTrips.add(time, toMs(seconds));
  }

  /** Takes packets in the order of time. */
  takePayload(direction: Direction, time: number, bytes: number): void {
    if (direction !== 'other') this.#throughput[direction].add(time, bytes);
  }

  takeWire(entry: WireEntry): void {
    if (!('event' in entry) || entry.event !== 'queue') return;
    this.#queue[entry.direction].add(wireTimeOf(entry), entry.packets);
  }

  /** Everything from before a time has been taken. */
  moveTo({ until, now }: Due): void {
    this.#throughput.up.moveTo(until, now);
    this.#throughput.down.moveTo(until, now);
  }

  /** What has been collected since the last call; undefined for nothing. */
  take(): Samples | undefined {
    const delays = Object.fromEntries(this.#delays);
    this.#delays.clear();
    const roundTrips = this.#roundTrips.take();
    const [throughput, queue] = [this.#throughput, this.#queue].map(({ up, down }) => ({
      up: up.take(),
      down: down.take(),
    })) as [NonNullable<Samples['throughput']>, NonNullable<Samples['queue']>];
    const samples = {
      ...(Object.keys(delays).length > 0 ? { delays } : {}),
      ...(roundTrips.length > 0 ? { roundTrips } : {}),
      ...(throughput.up.length + throughput.down.length > 0 ? { throughput } : {}),
      ...(queue.up.length + queue.down.length > 0 ? { queue } : {}),
    };
    return Object.keys(samples).length > 0 ? samples : undefined;
  }
}

/** To the microsecond. */
function toMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}
