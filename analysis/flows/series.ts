import { Detail } from './detail.ts';
import type { FlowSeries, Range, Retransmission } from './facts.ts';
import { larger, Steps, sum } from './steps.ts';

/** The most retransmissions that are listed. All are counted. */
const LISTED = 1_000;
/** The first step of the throughput, in seconds, and the most steps. */
const THROUGHPUT = { step: 0.1, most: 600 } as const;
/** The most points of the finer lists, and of the others. */
const FINE = { most: 560 } as const;
const COARSE = { most: 400 } as const;

/** Collects the lists of a flow, thinned. */
export class Series {
  readonly #sent = new Steps<Range>(around, FINE);
  readonly #acked = new Steps<number>(larger, FINE);
  readonly #sacked = new Steps<readonly Range[]>(united, COARSE);
  readonly #flight = new Steps<number>(larger, FINE);
  readonly #trips = new Steps<Range>(around, COARSE);
  readonly #throughput = new Steps<number>(sum, THROUGHPUT);
  readonly #retransmitted: Retransmission[] = [];
  #latest: readonly [at: number, bytes: number] = [0, 0];
  readonly detail = new Detail();

  sent(at: number, range: Range): void {
    this.#sent.put(at, range);
    this.detail.take({ at, kind: 'sent', ...range });
  }

  retransmitted(one: Retransmission): void {
    if (this.#retransmitted.length < LISTED) this.#retransmitted.push(one);
    this.detail.take({ ...one, kind: 'again' });
  }

  /** @param progress how many bytes the ACK acknowledges for the first time */
  acked(at: number, position: number, progress: number): void {
    this.#acked.put(at, position);
    this.#throughput.put(at, progress);
  }

  sacked(at: number, ranges: readonly Range[]): void {
    if (ranges.length > 0) this.#sacked.put(at, ranges);
  }

  flight(at: number, bytes: number): void {
    this.#flight.put(at, bytes);
    this.#latest = [time(at), bytes];
  }

  trip(at: number, seconds: number): void {
    this.#trips.put(at, { from: seconds, to: seconds });
  }

  facts(seconds: number): FlowSeries {
    return {
      sent: this.#sent.entries.map(({ at, value }) => [time(at), value.from, value.to]),
      acked: this.#acked.entries.map(({ at, value }) => [time(at), value]),
      sacked: this.#sacked.entries.flatMap(({ at, value }) =>
        value.map(({ from, to }) => [time(at), from, to] as const),
      ),
      retransmitted: this.#retransmitted.map((one) => ({ ...one, at: time(one.at) })),
      flight: [
        ...this.#flight.entries.map(({ at, value }) => [time(at), value] as const),
        // A step has its largest value, and what comes last holds until the end.
        this.#latest,
        [time(seconds), this.#latest[1]],
      ],
      trips: this.#trips.entries.map(({ at, value }) => [time(at), inMs(value.from), inMs(value.to)]),
      throughput: this.#rates(seconds),
      detail: this.detail.events.map((event) => ({ ...event, at: time(event.at) })),
    };
  }

  /** A rate for each step, also for those in which nothing arrived. */
  #rates(seconds: number): FlowSeries['throughput'] {
    const { step, entries } = this.#throughput;
    const bits = Array.from({ length: Math.ceil(seconds / step) }, () => 0);
    for (const { index, value } of entries) bits[index] = Math.round((8 * value) / step);
    return { step, bits: bits.map((rate) => rate ?? 0) };
  }
}

function around(one: Range, other: Range): Range {
  return { from: Math.min(one.from, other.from), to: Math.max(one.to, other.to) };
}

/** Ranges that touch become one. */
function united(one: readonly Range[], other: readonly Range[]): readonly Range[] {
  const all = [...one, ...other].toSorted((a, b) => a.from - b.from);
  const ranges: Range[] = [];
  for (const range of all) {
    const last = ranges.at(-1);
    if (last && range.from <= last.to) ranges[ranges.length - 1] = around(last, range);
    else ranges.push(range);
  }
  return ranges;
}

/** To the microsecond. */
function time(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}

function inMs(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e3;
}
