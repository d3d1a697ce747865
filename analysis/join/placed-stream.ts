import { ACK, type Frame, SYN } from '#analysis/capture/frames.ts';
import { FAR, type Part, type Range, type Segment, TcpStream } from '#analysis/capture/tcp-stream.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { LF, Message } from '#lib/message/message.ts';
import { type Pattern, unknown } from './pattern.ts';

/** What one side sends, at the positions that the journal has: from the first byte of the connection on. */
export class PlacedStream extends TcpStream {
  /** What is before this position was sent before the capture began; Infinity until positions are known. */
  beginning = Number.POSITIVE_INFINITY;
  /** The sequence number after the latest segment that is far. */
  #afterFar: number | undefined;

  /** The sequence number of the connection's first byte, as SYN and its acknowledgment have it. */
  open(sequence: number): void {
    if (this.isBegun) return;
    this.begin(sequence);
    this.beginning = 0;
  }

  /** Whether positions are known. Where the capture begins in the middle they are not, at first. */
  get isPlaced(): boolean {
    return this.beginning < Number.POSITIVE_INFINITY;
  }

  /** Adds a segment. One that is far is left over of an earlier connection, unless it is acknowledged. */
  override add(segment: Segment): ReturnType<TcpStream['add']> {
    if (!this.isFar(segment.seq)) return super.add(segment);
    this.#afterFar = segment.seq + segment.payload.length;
    return { fresh: [], again: [] };
  }

  override acknowledge(sequence: number): void {
    // The capture lacks more than a window: a gap.
    if (this.#afterFar !== undefined && (sequence - this.#afterFar) >>> 0 < FAR) {
      this.#afterFar = undefined;
      this.end = Math.max(this.end, this.positionOf(sequence));
    }
    super.acknowledge(sequence);
  }

  /** What is at these positions, of which nothing is known before they are. */
  at({ from, to }: Range): Part {
    if (this.isPlaced) return this.part(from, to - from);
    return { ...unknown(to - from), known: Buffer.alloc(to - from), frames: [] };
  }

  /** Finds by its content the first message that an entry can be of, and places the stream by it. */
  placeByMessage(entry: MessageEntry, { from, to }: Range): void {
    const all = this.part(0, this.end).bytes;
    const bytes = to - from;
    for (let start = 0; start + bytes <= all.length; start += 1) {
      const isBeginning = start === 0 || all[start - 1] === LF || entry.tag !== undefined;
      if (!isBeginning || !isMessageOf(entry, all.subarray(start, start + bytes))) continue;
      this.#place(start, from);
      return;
    }
  }

  /** Finds by its content what leaves at a position, not before a time, and places the stream by it. */
  placeByAnswer(at: number, { bytes }: Pick<Pattern, 'bytes'>, earliest: number): void {
    const all = this.part(0, this.end).bytes;
    for (let start = all.indexOf(bytes); start >= 0; start = all.indexOf(bytes, start + 1)) {
      if ((this.frameAt(start)?.time ?? 0) < earliest) continue;
      this.#place(start, at);
      return;
    }
  }

  #place(start: number, position: number): void {
    this.beginning = position - start;
    this.move(this.beginning);
  }
}

/** Adds a segment to what its sender has said, and says of both sides how much was sent. */
export function follow(
  own: PlacedStream,
  other: PlacedStream,
  segment: Segment & Pick<Frame, 'flags' | 'ack'>,
): void {
  const { flags, seq, ack, payload } = segment;
  if (flags & SYN) {
    own.open(seq + 1);
    if (flags & ACK) other.open(ack);
  } else if (payload.length > 0) own.add(segment);
  // Also what has nothing in it says how much was sent before.
  else own.acknowledge(seq);
  if (flags & ACK) other.acknowledge(ack);
}

/** Whether bytes are the message of an entry, by its length, its tag, which may be an HMAC, and its CRC if that is known. */
export function isMessageOf({ crc, length, tag }: MessageEntry, bytes: Buffer): boolean {
  const message = new Message(bytes, tag?.startsWith('hmac'));
  if (message.bodyLength !== length || message.tag !== tag) return false;
  return crc === undefined || crcOf(bytes) === crc;
}
