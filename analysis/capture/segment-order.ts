import { SYN } from './frames.ts';

/** What TCP says of a segment. */
export interface Ordered {
  /** The raw sequence number. */
  readonly seq: number;
  readonly flags: number;
  readonly payload: Buffer;
}

/** New octets of a TCP stream. */
export interface Piece<Segment> {
  readonly segment: Segment;
  readonly bytes: Buffer;
  /** Octets before it that never came. */
  readonly missing: number;
}

/** How many segments may wait for one before them, until that counts as missing. */
const WAITING = 64;

/** One direction of a TCP connection: lets each octet through once, in the order of sequence numbers. */
export class SegmentOrder<Segment extends Ordered> {
  /** The sequence number that comes next. */
  #next: number | undefined;
  #waiting: Segment[] = [];

  /** Whether a segment waits for one before it. */
  get isWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Octets of segments that wait. */
  get kept(): number {
    return this.#waiting.reduce((sum, { payload }) => sum + payload.length, 0);
  }

  take(segment: Segment): Piece<Segment>[] {
    const { seq, flags, payload } = segment;
    if (flags & SYN) {
      this.#next ??= (seq + 1) >>> 0;
      return [];
    }
    if (payload.length === 0) return [];
    this.#next ??= seq;
    if (this.#distance(segment) > 0) {
      this.#waiting.push(segment);
      return this.#waiting.length > WAITING ? this.#skip() : [];
    }
    return [...this.#through(segment), ...this.#ready()];
  }

  /** What still waits, at the end of the capture. */
  rest(): Piece<Segment>[] {
    const pieces: Piece<Segment>[] = [];
    while (this.#waiting.length > 0) pieces.push(...this.#skip());
    return pieces;
  }

  /** Octets from what comes next to a segment, below 0 for one that was there before (RFC 9293, 3.4). */
  #distance({ seq }: Segment): number {
    return (seq - this.#next!) | 0;
  }

  #through(segment: Segment, missing = 0): Piece<Segment>[] {
    const bytes = segment.payload.subarray(-Math.min(0, this.#distance(segment)));
    if (bytes.length === 0) return [];
    this.#next = (segment.seq + segment.payload.length) >>> 0;
    return [{ segment, bytes, missing }];
  }

  /** What has waited and waits no more. */
  #ready(): Piece<Segment>[] {
    const pieces: Piece<Segment>[] = [];
    for (let at = this.#nearest(); at >= 0 && this.#distance(this.#waiting[at]!) <= 0; at = this.#nearest()) {
      pieces.push(...this.#through(this.#waiting.splice(at, 1)[0]!));
    }
    return pieces;
  }

  /** Goes on behind a gap. */
  #skip(): Piece<Segment>[] {
    const nearest = this.#waiting.splice(this.#nearest(), 1)[0]!;
    const missing = Math.max(0, this.#distance(nearest));
    this.#next = (this.#next! + missing) >>> 0;
    return [...this.#through(nearest, missing), ...this.#ready()];
  }

  /** Index of the segment with the lowest sequence number, -1 when none waits. */
  #nearest(): number {
    let nearest = -1;
    for (const [index, segment] of this.#waiting.entries()) {
      if (nearest < 0 || this.#distance(segment) < this.#distance(this.#waiting[nearest]!)) nearest = index;
    }
    return nearest;
  }
}
