import type { FrameRef } from './frames.ts';

/** Positions of a stream, `to` not included. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** The part of a TCP segment that matters for its stream. */
export interface Segment extends FrameRef {
  /** The raw sequence number of its first byte. */
  readonly seq: number;
  readonly payload: Buffer;
}

interface Kept {
  readonly start: number;
  readonly bytes: Buffer;
  readonly frame: FrameRef;
}

/** The next bytes of a stream, in order. */
export interface Piece {
  /** The position of the first byte. */
  readonly start: number;
  readonly bytes: Buffer;
  readonly frame: FrameRef;
  /** How many bytes before them the capture lacks. */
  readonly missing: number;
}

/** A part of a stream, as far as it was captured. */
export interface Part {
  /** Zeros where the capture has a hole. */
  readonly bytes: Buffer;
  /** 1 for each captured byte; undefined if all were captured. */
  readonly known: Buffer | undefined;
  readonly frames: readonly FrameRef[];
}

/** When this many pieces wait for the bytes before them, these count as missing. */
const WAITING = 64;
/** A segment that is further from the end than any window belongs to another connection between the same ports. */
export const FAR = 2 ** 24;

/**
 * One direction of a TCP connection. Positions count bytes from the first one and never wrap, though sequence numbers do
 * after 2^32 (RFC 9293, 3.4). Retransmitted bytes are taken once. Acknowledged bytes that were not captured are a hole.
 */
export class TcpStream {
  #first: number | undefined;
  /** Segments in order, without those that were read or dropped. */
  #kept: Kept[] = [];
  /** Bytes before this position were read or dropped. */
  #floor = 0;
  #acknowledged = 0;
  #limit = Number.POSITIVE_INFINITY;
  /** Number of kept bytes. */
  size = 0;
  /** The stream is known to have been sent up to here. */
  end = 0;

  /** @param sequence of the first byte, if not that of the first segment */
  begin(sequence: number): void {
    this.#first ??= sequence >>> 0;
  }

  /** Shifts all positions by a number. */
  move(by: number): void {
    this.#first = (this.#first! - by) >>> 0;
    this.#kept = this.#kept.map((kept) => ({ ...kept, start: kept.start + by }));
    this.#floor += by;
    this.#acknowledged += by;
    this.#limit += by;
    this.end += by;
  }

  get isBegun(): boolean {
    return this.#first !== undefined;
  }

  /** Adds a segment. Returns which of its positions are new, and which are retransmitted. */
  add(segment: Segment): { readonly fresh: readonly Range[]; readonly repeated: readonly Range[] } {
    this.begin(segment.seq);
    const start = this.positionOf(segment.seq);
    const stop = start + segment.payload.length;
    const fresh: Range[] = [];
    const repeated: Range[] = [];
    let from = start;
    const pass = (ranges: Range[], to: number) => {
      if (to > from) ranges.push({ from, to });
      from = Math.max(from, to);
    };
    pass(repeated, Math.min(this.#floor, stop));
    for (const { start: known, bytes } of start < this.end ? this.#kept : []) {
      if (known >= stop) break;
      pass(fresh, known);
      pass(repeated, Math.min(known + bytes.length, stop));
    }
    pass(fresh, stop);
    for (const range of fresh) this.#keep(range, start, segment);
    this.end = Math.max(this.end, stop);
    return { fresh, repeated };
  }

  /** The other side has acknowledged the bytes before this sequence number. */
  acknowledge(sequence: number): void {
    if (this.#first === undefined || this.positionOf(sequence) - this.end > FAR) return;
    const position = Math.min(this.positionOf(sequence), this.#limit);
    this.#acknowledged = Math.max(this.#acknowledged, position);
    this.end = Math.max(this.end, position);
  }

  /** The stream ends at the sequence number of its FIN, which counts as one byte in acknowledgments. */
  finish(sequence: number): void {
    this.begin(sequence);
    this.#limit = this.positionOf(sequence);
    this.end = this.#limit;
  }

  /** The position of a sequence number: the one nearest to the end. */
  positionOf(sequence: number): number {
    return this.end + ((sequence - this.#first! - this.end) | 0);
  }

  /** Whether a sequence number can't belong to this stream. */
  isFar(sequence: number): boolean {
    return this.#first !== undefined && Math.abs(this.positionOf(sequence) - this.end) > FAR;
  }

  /** Whether bytes wait to be read. */
  get isWaiting(): boolean {
    return this.#kept.length > 0;
  }

  /** Reads the next bytes, each once, up to a hole that may still be filled. */
  read(): Piece[] {
    const pieces: Piece[] = [];
    for (let next = this.#kept[0]; next && this.#isReadable(next); next = this.#kept[0])
      pieces.push(this.#take(next));
    return pieces;
  }

  /** Reads all remaining bytes: no more segments follow. */
  rest(): Piece[] {
    return [...this.#kept].map((next) => this.#take(next));
  }

  /** The frame with the byte at a position; undefined if it was not captured. */
  frameAt(position: number): FrameRef | undefined {
    const kept = this.#kept[this.#firstAfter(position)];
    return kept && kept.start <= position ? kept.frame : undefined;
  }

  /** The part of a range between the first and the last kept byte. */
  cut({ from, to }: Range): Range {
    const [first, last] = [this.#kept[0], this.#kept.at(-1)];
    if (!first || !last) return { from, to: from };
    const start = Math.max(from, first.start);
    return { from: start, to: Math.max(start, Math.min(to, last.start + last.bytes.length)) };
  }

  part(start: number, length: number): Part {
    const stop = start + length;
    const touched: Kept[] = [];
    for (let at = this.#firstAfter(start); this.#kept[at] && this.#kept[at]!.start < stop; at += 1)
      touched.push(this.#kept[at]!);
    const frames = touched.map(({ frame }) => frame);
    const [first] = touched;
    if (touched.length === 1 && first!.start <= start && first!.start + first!.bytes.length >= stop) {
      return {
        bytes: first!.bytes.subarray(start - first!.start, stop - first!.start),
        known: undefined,
        frames,
      };
    }
    const bytes = Buffer.alloc(length);
    const known = Buffer.alloc(length);
    for (const kept of touched) {
      const from = Math.max(start, kept.start);
      const to = Math.min(stop, kept.start + kept.bytes.length);
      kept.bytes.copy(bytes, from - start, from - kept.start, to - kept.start);
      known.fill(1, from - start, to - start);
    }
    return { bytes, known: known.includes(0) ? known : undefined, frames };
  }

  /** Drops everything before a position. */
  drop(position: number): void {
    this.#floor = Math.max(this.#floor, position);
    while (this.#kept[0] && this.#kept[0].start + this.#kept[0].bytes.length <= position) {
      this.size -= this.#kept.shift()!.bytes.length;
    }
  }

  /** The index of the first kept segment that ends after a position. */
  #firstAfter(position: number): number {
    let [low, high] = [0, this.#kept.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const { start, bytes } = this.#kept[middle]!;
      if (start + bytes.length > position) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  #keep({ from, to }: Range, start: number, { number, time, payload }: Segment): void {
    const kept = { start: from, bytes: payload.subarray(from - start, to - start), frame: { number, time } };
    const at = this.#kept.findLastIndex((one) => one.start < from) + 1;
    this.#kept.splice(at, 0, kept);
    this.size += kept.bytes.length;
  }

  #isReadable({ start }: Kept): boolean {
    return start <= Math.max(this.#floor, this.#acknowledged) || this.#kept.length > WAITING;
  }

  #take({ start, bytes, frame }: Kept): Piece {
    const missing = Math.max(0, start - this.#floor);
    this.drop(start + bytes.length);
    return { start, bytes, frame, missing };
  }
}
