import type { Frame } from './frames.ts';
import { type FrameRef, refOf } from './frames.ts';

interface Piece {
  readonly start: number;
  readonly bytes: Buffer;
  readonly frame: FrameRef;
}

/** A part of a stream, as far as the capture has it. */
export interface Part {
  /** Zeros where it has not. */
  readonly bytes: Buffer;
  /** 1 for each octet that the capture has; undefined when it has all. */
  readonly known: Buffer | undefined;
  readonly frames: readonly FrameRef[];
}

/**
 * One direction of a TCP connection, put together from its segments. Positions count octets from the first one. What
 * was sent again is taken once; what the capture has not, though the other side has acknowledged it, is a hole.
 */
export class ByteStream {
  #first: number | undefined;
  #pieces: Piece[] = [];
  #floor = 0;
  #limit = Number.POSITIVE_INFINITY;
  /** Up to here the stream is known to have been sent. */
  end = 0;

  /** The sequence number of the first octet, when it is not that of the first segment. */
  begin(sequence: number): void {
    this.#first ??= sequence >>> 0;
  }

  add(frame: Frame): void {
    this.begin(frame.seq);
    const start = this.#position(frame.seq);
    const stop = start + frame.payload.length;
    if (start >= this.end) this.#pieces.push({ start, bytes: frame.payload, frame: refOf(frame) });
    else this.#fill(start, frame);
    this.end = Math.max(this.end, stop);
  }

  /** The other side has everything before this sequence number. */
  acknowledge(sequence: number): void {
    if (this.#first === undefined) return;
    this.end = Math.min(Math.max(this.end, this.#position(sequence)), this.#limit);
  }

  /** The stream ends at this sequence number, which its FIN has; that is acknowledged as if it were an octet. */
  finish(sequence: number): void {
    this.begin(sequence);
    this.#limit = this.#position(sequence);
    this.end = this.#limit;
  }

  /** The segment with the octet at a position; undefined when the capture has not got it. */
  frameAt(position: number): FrameRef | undefined {
    return this.#pieces.find(({ start, bytes }) => start <= position && start + bytes.length > position)
      ?.frame;
  }

  /** The octet at a position; undefined when the capture has not got it. */
  at(position: number): number | undefined {
    for (const { start, bytes } of this.#pieces) {
      if (position < start) return undefined;
      if (position < start + bytes.length) return bytes[position - start];
    }
    return undefined;
  }

  part(start: number, length: number): Part {
    const stop = start + length;
    const touched = this.#pieces.filter(
      (piece) => piece.start < stop && piece.start + piece.bytes.length > start,
    );
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
    for (const piece of touched) {
      const from = Math.max(start, piece.start);
      const to = Math.min(stop, piece.start + piece.bytes.length);
      piece.bytes.copy(bytes, from - start, from - piece.start, to - piece.start);
      known.fill(1, from - start, to - start);
    }
    return { bytes, known: known.includes(0) ? known : undefined, frames };
  }

  /** Lets go of everything before a position. */
  drop(position: number): void {
    this.#floor = Math.max(this.#floor, position);
    const kept = this.#pieces.findIndex(({ start, bytes }) => start + bytes.length > position);
    if (kept !== 0) this.#pieces = kept < 0 ? [] : this.#pieces.slice(kept);
  }

  /** Puts in what is not there yet of a segment that begins before the end. */
  #fill(start: number, frame: Frame): void {
    let from = Math.max(start, this.#floor);
    const stop = start + frame.payload.length;
    const add = (to: number) => {
      if (to > from) {
        const bytes = frame.payload.subarray(from - start, to - start);
        this.#pieces.push({ start: from, bytes, frame: refOf(frame) });
      }
    };
    for (const piece of [...this.#pieces]) {
      if (piece.start >= stop) break;
      add(Math.min(piece.start, stop));
      from = Math.max(from, piece.start + piece.bytes.length);
    }
    add(stop);
    this.#pieces.sort((a, b) => a.start - b.start);
  }

  /** Sequence numbers begin again after 2^32. */
  #position(sequence: number): number {
    return this.end + ((sequence - this.#first! - this.end) | 0);
  }
}
