import type { Frame, FrameRef } from '#analysis/capture/frames.ts';
import { type Part, type Range, TcpStream } from '#analysis/capture/tcp-stream.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { LF, Message } from '#lib/message/message.ts';
import { type Pattern, unknown } from './pattern.ts';

/** What one side sends, at the positions that the journal has: from the first byte of the connection on. */
export class PlacedStream {
  #stream = new TcpStream();
  /** How far the capture's first byte is from that of the connection; undefined until it is known. */
  #shift: number | undefined;

  /** The sequence number of the connection's first byte, as SYN and its acknowledgment have it. */
  begin(sequence: number): void {
    // What came before was left over of an earlier connection between the same ports.
    if (this.#shift === undefined) this.#stream = new TcpStream();
    this.#stream.begin(sequence);
    this.#shift ??= 0;
  }

  add(frame: Frame): void {
    this.#stream.add(frame);
  }

  acknowledge(sequence: number): void {
    this.#stream.acknowledge(sequence);
  }

  /** Whether a sequence number can't be of this connection. */
  isFar(sequence: number): boolean {
    return this.#stream.isFar(sequence);
  }

  finish(sequence: number): void {
    this.#stream.finish(sequence);
  }

  /** Whether positions are known. Where the capture begins in the middle they are not, at first. */
  get isPlaced(): boolean {
    return this.#shift !== undefined;
  }

  /** What is before this position was sent before the capture began. */
  get beginning(): number {
    return this.#shift ?? Number.POSITIVE_INFINITY;
  }

  /** Up to here the stream is known to have been sent. */
  get end(): number {
    return this.#stream.end + (this.#shift ?? 0);
  }

  /** Of a range, from the first to the last byte that the capture has. */
  cut({ from, to }: Range): Range {
    const shift = this.#shift ?? 0;
    const range = this.#stream.cut({ from: from - shift, to: to - shift });
    return { from: range.from + shift, to: range.to + shift };
  }

  part({ from, to }: Range): Part {
    if (this.#shift !== undefined) return this.#stream.part(from - this.#shift, to - from);
    return { ...unknown(to - from), known: Buffer.alloc(to - from), frames: [] };
  }

  frameAt(position: number): FrameRef | undefined {
    return this.#stream.frameAt(position - (this.#shift ?? 0));
  }

  drop(position: number): void {
    this.#stream.drop(position - (this.#shift ?? 0));
  }

  /** Finds by its content the first message that an entry can be of, and places the stream by it. */
  placeByMessage(entry: MessageEntry, { from, to }: Range): void {
    const all = this.#stream.part(0, this.#stream.end).bytes;
    const bytes = to - from;
    for (let start = 0; start + bytes <= all.length; start += 1) {
      const isBeginning = start === 0 || all[start - 1] === LF || entry.tag !== undefined;
      if (!isBeginning || !isMessageOf(entry, all.subarray(start, start + bytes))) continue;
      this.#shift = from - start;
      return;
    }
  }

  /** Finds by its content what leaves at a position, not before a time, and places the stream by it. */
  placeByAnswer(at: number, { bytes }: Pick<Pattern, 'bytes'>, earliest: number): void {
    const all = this.#stream.part(0, this.#stream.end).bytes;
    for (let start = all.indexOf(bytes); start >= 0; start = all.indexOf(bytes, start + 1)) {
      if ((this.#stream.frameAt(start)?.time ?? 0) < earliest) continue;
      this.#shift = at - start;
      return;
    }
  }
}

/** Whether octets are the message of an entry, by its length, its tag, which may be an HMAC, and its CRC if that is known. */
export function isMessageOf({ crc, length, tag }: MessageEntry, bytes: Buffer): boolean {
  const message = new Message(bytes, tag?.startsWith('hmac'));
  if (message.bodyLength !== length || message.tag !== tag) return false;
  return crc === undefined || crcOf(bytes) === crc;
}
