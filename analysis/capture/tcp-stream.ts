import type { FrameRef } from './frames.ts';

/** Positions of a stream, from the first up to the one after the last. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A TCP segment, as far as it tells which bytes of a stream it carries. */
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
  /** Where they begin. */
  readonly start: number;
  readonly bytes: Buffer;
  readonly frame: FrameRef;
  /** Bytes before them that the capture has not got. */
  readonly missing: number;
}

/** A part of a stream, as far as the capture has it. */
export interface Part {
  /** Zeros where it has not. */
  readonly bytes: Buffer;
  /** 1 for each byte that the capture has; undefined when it has all. */
  readonly known: Buffer | undefined;
  readonly frames: readonly FrameRef[];
}

/** How many pieces may wait for bytes before them, until these count as missing. */
const WAITING = 64;
/** What is further from the end than any window is of another connection between the same ports. */
export const FAR = 2 ** 24;

/**
 * One direction of a TCP connection. Positions count bytes from the first one, on and on, though sequence numbers begin
 * again after 2^32 (RFC 9293, 3.4). What was sent again is taken once. What the capture has not got, though the other
 * side has acknowledged it, is a hole.
 */
export class TcpStream {
  #first: number | undefined;
  /** In order; without those that were read or dropped. */
  #kept: Kept[] = [];
  /** Everything before it was there, or is not asked for any more. */
  #floor = 0;
  #acknowledged = 0;
  #limit = Number.POSITIVE_INFINITY;
  /** Bytes that are kept. */
  size = 0;
  /** Up to here the stream is known to have been sent. */
  end = 0;

  /** The sequence number of the first byte, when it is not that of the first segment. */
  begin(sequence: number): void {
    this.#first ??= sequence >>> 0;
  }

  /** Counts positions on from another beginning: each is so much greater from now on. */
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

  /** Returns which positions of a segment come for the first time, and which have come before. */
  add(segment: Segment): { readonly fresh: readonly Range[]; readonly again: readonly Range[] } {
    this.begin(segment.seq);
    const start = this.positionOf(segment.seq);
    const stop = start + segment.payload.length;
    const fresh: Range[] = [];
    const again: Range[] = [];
    let from = start;
    const pass = (ranges: Range[], to: number) => {
      if (to > from) ranges.push({ from, to });
      from = Math.max(from, to);
    };
    pass(again, Math.min(this.#floor, stop));
    for (const { start: known, bytes } of start < this.end ? this.#kept : []) {
      if (known >= stop) break;
      pass(fresh, known);
      pass(again, Math.min(known + bytes.length, stop));
    }
    pass(fresh, stop);
    for (const range of fresh) this.#keep(range, start, segment);
    this.end = Math.max(this.end, stop);
    return { fresh, again };
  }

  /** The other side has everything before this sequence number. */
  acknowledge(sequence: number): void {
    if (this.#first === undefined || this.positionOf(sequence) - this.end > FAR) return;
    const position = Math.min(this.positionOf(sequence), this.#limit);
    this.#acknowledged = Math.max(this.#acknowledged, position);
    this.end = Math.max(this.end, position);
  }

  /** The stream ends at this sequence number, which its FIN has; that is acknowledged as if it were a byte. */
  finish(sequence: number): void {
    this.begin(sequence);
    this.#limit = this.positionOf(sequence);
    this.end = this.#limit;
  }

  /** The position of a sequence number, the nearest to the end. */
  positionOf(sequence: number): number {
    return this.end + ((sequence - this.#first! - this.end) | 0);
  }

  /** Whether a sequence number can't be of this stream. */
  isFar(sequence: number): boolean {
    return this.#first !== undefined && Math.abs(this.positionOf(sequence) - this.end) > FAR;
  }

  /** Whether bytes wait for others before them. */
  get isWaiting(): boolean {
    return this.#kept.length > 0;
  }

  /** Takes the bytes that are next, each once: up to a hole that may be filled still. */
  read(): Piece[] {
    const pieces: Piece[] = [];
    for (let next = this.#kept[0]; next && this.#isReadable(next); next = this.#kept[0])
      pieces.push(this.#take(next));
    return pieces;
  }

  /** Takes all bytes that are there: nothing more comes. */
  rest(): Piece[] {
    return [...this.#kept].map((next) => this.#take(next));
  }

  /** The segment with the byte at a position; undefined when the capture has not got it. */
  frameAt(position: number): FrameRef | undefined {
    const kept = this.#kept[this.#firstBehind(position)];
    return kept && kept.start <= position ? kept.frame : undefined;
  }

  /** Of a range, from the first to the last that is kept. */
  cut({ from, to }: Range): Range {
    const [first, last] = [this.#kept[0], this.#kept.at(-1)];
    if (!first || !last) return { from, to: from };
    const start = Math.max(from, first.start);
    return { from: start, to: Math.max(start, Math.min(to, last.start + last.bytes.length)) };
  }

  part(start: number, length: number): Part {
    const stop = start + length;
    const touched: Kept[] = [];
    for (let at = this.#firstBehind(start); this.#kept[at] && this.#kept[at]!.start < stop; at += 1)
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

  /** Lets go of everything before a position. */
  drop(position: number): void {
    this.#floor = Math.max(this.#floor, position);
    while (this.#kept[0] && this.#kept[0].start + this.#kept[0].bytes.length <= position) {
      this.size -= this.#kept.shift()!.bytes.length;
    }
  }

  /** Which of those that are kept is the first that ends behind a position: they are in order and apart. */
  #firstBehind(position: number): number {
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
