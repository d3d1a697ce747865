import type { Range } from './facts.ts';

interface Sent {
  readonly from: number;
  readonly to: number;
  readonly at: number;
  /** It was measured, or it can't be any more. */
  isDone: boolean;
}

/** Linux waits at least this much longer than a round trip before a timeout, in seconds. */
const LEAST = 0.2;
/** Before the first round trip, in seconds (RFC 6298). */
const INITIAL_RTO = 1;

/**
 * Round trips of a sender, from its packets: the time from a segment to the ACK or SACK block of its last byte. A segment that was
 * retransmitted has none, because nobody knows which copy the ACK is for (Karn).
 */
export class RoundTrips {
  #sent: Sent[] = [];
  #first = 0;
  #variation = 0;
  /** The smoothed round trip, in seconds (RFC 6298); undefined before the first. */
  smoothed: number | undefined;

  /** A segment was sent for the first time, up to this position. */
  sent({ from, to }: Range, at: number): void {
    this.#sent.push({ from, to, at, isDone: false });
  }

  retransmitted(range: Range): void {
    for (const sent of this.#within(range)) sent.isDone = true;
  }

  /** SACK blocks cover a range now. Returns the round trip of the latest segment in it, in seconds. */
  sacked(range: Range, at: number): number | undefined {
    let latest: Sent | undefined;
    for (const sent of this.#within(range)) {
      if (sent.to > range.to || sent.isDone) continue;
      sent.isDone = true;
      latest = sent;
    }
    return latest && this.#measured(latest, at);
  }

  /** Everything below a position is acknowledged. Returns the round trip of the latest segment in it, in seconds. */
  acknowledged(position: number, at: number): number | undefined {
    let latest: Sent | undefined;
    while (this.#first < this.#sent.length && this.#sent[this.#first]!.to <= position) {
      latest = this.#sent[this.#first]!;
      this.#first += 1;
    }
    // The acknowledged ones are removed now and then.
    if (this.#first > 1_000) {
      this.#sent = this.#sent.slice(this.#first);
      this.#first = 0;
    }
    return latest && !latest.isDone ? this.#measured(latest, at) : undefined;
  }

  /** The segments that a range touches. */
  *#within({ from, to }: Range): Generator<Sent> {
    let [low, high] = [this.#first, this.#sent.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#sent[middle]!.to > from) high = middle;
      else low = middle + 1;
    }
    for (let index = low; index < this.#sent.length && this.#sent[index]!.from < to; index += 1) {
      yield this.#sent[index]!;
    }
  }

  #measured({ at: sentAt }: Sent, at: number): number {
    const trip = Math.max(0, at - sentAt);
    this.#learn(trip);
    return trip;
  }

  /** About how long the sender waits before a timeout, in seconds. */
  get timeout(): number {
    if (this.smoothed === undefined) return INITIAL_RTO;
    return this.smoothed + Math.max(LEAST, 4 * this.#variation);
  }

  #learn(trip: number): void {
    if (this.smoothed === undefined) {
      this.smoothed = trip;
      this.#variation = trip / 2;
      return;
    }
    this.#variation += (Math.abs(this.smoothed - trip) - this.#variation) / 4;
    this.smoothed += (trip - this.smoothed) / 8;
  }
}
