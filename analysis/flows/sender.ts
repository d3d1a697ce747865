import { causeOf } from './cause.ts';
import { type Cause, causes, type FlowCounts, type FlowSeries, type Range } from './facts.ts';
import { RoundTrips } from './round-trips.ts';
import { Scoreboard } from './scoreboard.ts';
import { Series } from './series.ts';

/** A segment that leaves the sender. Positions count the bytes of the stream, times are seconds since its beginning. */
export interface SentSegment {
  readonly at: number;
  readonly frame: number;
  readonly fresh: readonly Range[];
  readonly repeated: readonly Range[];
  /** The most bytes of a segment: offload makes one frame of several. By default a frame is one segment. */
  readonly most?: number | undefined;
}

/** An ACK that comes back. */
export interface Acknowledgment {
  readonly at: number;
  readonly position: number;
  readonly blocks: readonly Range[];
  /** It carries nothing else, so it may be a duplicate. */
  readonly isBare: boolean;
}

/** Follows one direction of a connection at its sender: what is on the way, and why segments are retransmitted. */
export class Sender {
  readonly #board = new Scoreboard();
  readonly #trips = new RoundTrips();
  readonly #series = new Series();
  readonly #counts: Record<Cause, number> = { fast: 0, timeout: 0, 'tail-probe': 0, unclear: 0 };
  /** When segments were retransmitted, by their first position. */
  readonly #again = new Map<number, number>();
  #usesSack = false;
  #acknowledged = 0;
  #end = 0;
  #duplicates = 0;
  #progressAt = 0;
  /** What was sent before the latest timeout ends here. */
  #timeoutEnd = 0;
  #totals = { bytes: 0, frames: 0, again: 0, repeated: 0, duplicates: 0, needless: 0 };
  #shortest = Number.POSITIVE_INFINITY;
  #longest = 0;

  get bytes(): number {
    return this.#totals.bytes;
  }

  send({ at, frame, fresh, repeated, most }: SentSegment): void {
    this.#totals.frames += 1;
    for (const range of repeated) {
      const segments = most === undefined ? 1 : Math.ceil((range.to - range.from) / most);
      this.#retransmit({ at, frame, segments }, range);
    }
    for (const range of fresh) {
      if (this.#end === this.#acknowledged) this.#progressAt = at;
      this.#end = Math.max(this.#end, range.to);
      this.#totals.bytes += range.to - range.from;
      this.#trips.sent(range, at);
      this.#series.sent(at, range);
    }
    this.#flight(at);
  }

  acknowledge({ at, position, blocks, isBare }: Acknowledgment): void {
    const to = Math.min(position, this.#end);
    const progress = to - this.#acknowledged;
    const isOpen = this.#end > this.#acknowledged;
    if (progress > 0) this.#advance(at, to, progress);
    if (reportsTwice(blocks, position)) this.#totals.needless += 1;
    this.#usesSack ||= blocks.length > 0;
    const sacked = blocks
      .map(({ from, to: end }) => ({
        from: Math.max(from, this.#acknowledged),
        to: Math.min(end, this.#end),
      }))
      .filter(({ from, to: end }) => end > from)
      .flatMap((range) => this.#board.add(range));
    const duplicate =
      isBare &&
      progress === 0 &&
      position === this.#acknowledged &&
      isOpen &&
      (blocks.length > 0 || !this.#usesSack);
    if (duplicate) {
      this.#duplicates += 1;
      this.#totals.duplicates += 1;
    }
    if (progress > 0 || duplicate) {
      this.#series.detail.take({ at, kind: 'ack', position: this.#acknowledged, duplicate, sacked });
    }
    this.#series.sacked(at, sacked);
    for (const range of sacked) this.#measured(this.#trips.sacked(range, at), at);
    this.#flight(at);
  }

  #advance(at: number, position: number, progress: number): void {
    this.#acknowledged = position;
    this.#progressAt = at;
    this.#duplicates = 0;
    this.#board.drop(position);
    for (const from of this.#again.keys()) if (from < position) this.#again.delete(from);
    this.#measured(this.#trips.acknowledged(position, at), at);
    this.#series.acked(at, position, progress);
  }

  #measured(trip: number | undefined, at: number): void {
    if (trip === undefined) return;
    this.#series.trip(at, trip);
    this.#shortest = Math.min(this.#shortest, trip);
    this.#longest = Math.max(this.#longest, trip);
  }

  #retransmit(
    { at, frame, segments }: Pick<SentSegment, 'at' | 'frame'> & { readonly segments: number },
    { from, to }: Range,
  ): void {
    // A copy of what is acknowledged already is not on the way any more.
    const isFirst = from <= this.#acknowledged;
    const before = this.#again.get(from);
    const cause = causeOf({
      isFirst,
      isLast: to >= this.#end,
      duplicateAcks: isFirst ? this.#duplicates : 0,
      sackedAbove: this.#board.hasAbove(to),
      isAgain: before !== undefined,
      waited: at - Math.max(this.#progressAt, before ?? 0),
      roundTrip: this.#trips.smoothed ?? 0,
      timeout: this.#trips.timeout,
      afterTimeout: this.#acknowledged < this.#timeoutEnd,
    });
    if (cause === 'timeout' && this.#acknowledged >= this.#timeoutEnd) this.#timeoutEnd = this.#end;
    this.#again.set(from, at);
    this.#trips.retransmitted({ from, to });
    this.#counts[cause] += segments;
    this.#totals.repeated += 1;
    this.#totals.again += to - from;
    this.#series.retransmitted({ at, from, to, cause, frame });
  }

  #flight(at: number): void {
    this.#series.flight(at, this.#end - this.#acknowledged - this.#board.bytes);
  }

  facts(seconds: number): FlowCounts & FlowSeries {
    const { bytes, frames, again, repeated, duplicates, needless } = this.#totals;
    const [shortest, longest] = [this.#shortest, this.#longest].map((trip) => Math.round(trip * 1e6) / 1e3);
    return {
      ...{ seconds, bytes, frames, retransmissions: this.#counts, retransmittedBytes: again },
      retransmittedFrames: repeated,
      ...{ duplicateAcks: duplicates, needless },
      roundTrip: Number.isFinite(shortest) ? { shortest: shortest!, longest: longest! } : undefined,
      ...this.#series.facts(seconds),
    };
  }
}

/** Whether the first block reports bytes that arrived twice: it is below the ACK, or a part of the second (RFC 2883, 4). */
function reportsTwice([first, second]: readonly Range[], position: number): boolean {
  if (!first) return false;
  return (
    first.from < position || (second !== undefined && first.from >= second.from && first.to <= second.to)
  );
}

/** How many segments were retransmitted, whatever the cause is. */
export function retransmissionsOf({ retransmissions }: Pick<FlowCounts, 'retransmissions'>): number {
  return causes.reduce((all, cause) => all + retransmissions[cause], 0);
}
