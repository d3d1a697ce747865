import { ACK, type Frame, SYN } from '#analysis/capture/frames.ts';
import { FAR, type Part, type Range, type Segment, TcpStream } from '#analysis/capture/tcp-stream.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { LF, Message } from '#lib/message/message.ts';
import { type Pattern, unknown } from './pattern.ts';

/** The stream of one side, by the journal's offsets: they count from the first byte of the connection. */
export class PlacedStream extends TcpStream {
  /** Bytes before this position were sent before the capture began; Infinity while positions are unknown. */
  beginning = Number.POSITIVE_INFINITY;
  /** The sequence number after the latest far segment. */
  #afterFar: number | undefined;

  /** @param sequence of the first byte, as SYN or its acknowledgment has it */
  open(sequence: number): void {
    if (this.isBegun) return;
    this.begin(sequence);
    this.beginning = 0;
  }

  /** Whether positions are known. At first they are not if the capture begins in the middle of the connection. */
  get isPlaced(): boolean {
    return this.beginning < Number.POSITIVE_INFINITY;
  }

  /** Adds a segment. A far segment belongs to an earlier connection, unless it is acknowledged. */
  override add(segment: Segment): ReturnType<TcpStream['add']> {
    if (!this.isFar(segment.seq)) return super.add(segment);
    this.#afterFar = segment.seq + segment.payload.length;
    return { fresh: [], repeated: [] };
  }

  override acknowledge(sequence: number): void {
    // The capture lacks more than a window.
    if (this.#afterFar !== undefined && (sequence - this.#afterFar) >>> 0 < FAR) {
      this.#afterFar = undefined;
      this.end = Math.max(this.end, this.positionOf(sequence));
    }
    super.acknowledge(sequence);
  }

  /** The bytes in a range; all unknown while positions are unknown. */
  at({ from, to }: Range): Part {
    if (this.isPlaced) return this.part(from, to - from);
    return { ...unknown(to - from), known: Buffer.alloc(to - from), frames: [] };
  }

  /** Finds the first message that fits an entry, and derives the positions from it. */
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

  /** Finds an answer of known position by its bytes, not before a time, and derives the positions from it. */
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

/** Adds a segment to its sender's stream, and updates how much each side is known to have sent. */
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
  // An empty segment tells how much was sent before it.
  else own.acknowledge(seq);
  if (flags & ACK) other.acknowledge(ack);
}

/** Whether bytes are the message of an entry: by length, tag or HMAC, and CRC if there is one. */
export function isMessageOf({ crc, length, tag }: MessageEntry, bytes: Buffer): boolean {
  const message = new Message(bytes, tag?.startsWith('hmac'));
  if (message.bodyLength !== length || message.tag !== tag) return false;
  return crc === undefined || crcOf(bytes) === crc;
}
