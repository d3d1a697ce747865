import type { KeyObject } from 'node:crypto';
import { HMAC_BYTES, hmacBytes, isHmac, isHmacTagOf } from './hmac.ts';
import { BAR, CR, isTag, isTagOf, LF, Message, TAG_BYTES, tagLength } from './message.ts';

/** The most bytes in a message on TCP, with its tag and without its line ending. */
export const LONGEST_MESSAGE = 65_536;

/** Possible tags that are verified in one message, at most: it limits how much a client can make the server hash. */
const MAX_VERIFIED = 64;

const NOTHING = Buffer.alloc(0);

export type Frame =
  | { readonly kind: 'message'; readonly message: Message }
  /** The line ending of the message before, which arrived after that message was complete. */
  | { readonly kind: 'ending'; readonly bytes: Buffer }
  /** More bytes than the longest message, without an end. The rest of the stream can't be read. */
  | { readonly kind: 'too-long' };

/**
 * Finds the messages in a byte stream. How the stream is cut into segments makes no difference.
 *
 * A message ends with a newline, or with a right tag: the checksum of all bytes before it. When the bytes at the end of
 * the buffer are a right tag, that tag counts, otherwise the first right one. A line ending directly after the tag
 * belongs to the message.
 *
 * A wrong tag ends no message. But when it is at the end of the buffer, and nothing more arrives, the message may be
 * complete. `mayBeWhole` reports that, and the caller decides by calling `flush`, as it does at the end of the stream.
 *
 * With a key, only an HMAC ends a message. Anybody can make a checksum, and a signed body may contain a right one. If a
 * checksum ended a message, such a body would be cut. A client that sends a checksum and waits still gets its refusal.
 */
export class Framer {
  readonly #key: KeyObject | undefined;
  #data: Buffer = NOTHING;
  /** No message ends before this offset. */
  #scanned = 0;
  #verified = 0;
  #wholesTried = 0;
  #endingMayCome = false;
  #taken = 0;
  /** Whether the buffer is the end of a segment whose messages have been taken. */
  #isRest = false;

  constructor(key?: KeyObject) {
    this.#key = key;
  }

  /** Bytes that have arrived and are not part of a message yet. */
  get buffered(): number {
    return this.#data.length;
  }

  /** The stream offset after the last frame. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether the buffer ends with bytes in the form of a tag. With a key, a checksum or an HMAC counts. */
  get mayBeWhole(): boolean {
    return tagLength(this.#data, this.#data.length, this.#key !== undefined) > 0;
  }

  push(bytes: Buffer): void {
    this.#wholesTried = 0;
    this.#data = this.#data.length === 0 ? bytes : Buffer.concat([this.#data, bytes]);
  }

  /** The next frame, or undefined when more bytes are needed. */
  next(): Frame | undefined {
    if (this.#data.length === 0) return undefined;
    if (this.#endingMayCome) {
      const length = this.#endingAt(0);
      if (length === undefined) return undefined;
      this.#endingMayCome = false;
      if (length > 0) return { kind: 'ending', bytes: this.#take(length) };
      if (this.#data.length === 0) return undefined;
    }
    const length = this.#messageLength();
    // A CR may be the beginning of a line ending.
    const unfinished = this.#data.length - (this.#data.at(-1) === CR ? 1 : 0);
    if (length === undefined && unfinished > LONGEST_MESSAGE) return this.#tooLong();
    if (length !== undefined) {
      const message = this.#takeMessage(length);
      return message.textLength > LONGEST_MESSAGE ? this.#tooLong() : { kind: 'message', message };
    }
    // A copy, so that a few bytes don't keep the whole segment in memory.
    if (this.#isRest) this.#data = Buffer.from(this.#data);
    this.#isRest = false;
    return undefined;
  }

  /** The buffer as a message of its own, or undefined when it is empty. */
  flush(): Message | undefined {
    return this.#data.length === 0 ? undefined : this.#takeMessage(this.#data.length);
  }

  #tooLong(): Frame {
    this.#take(this.#data.length);
    return { kind: 'too-long' };
  }

  #takeMessage(length: number): Message {
    const message = new Message(this.#take(length), this.#key !== undefined);
    this.#endingMayCome = message.textLength === length;
    return message;
  }

  #take(length: number): Buffer {
    const data = this.#data;
    this.#taken += length;
    this.#isRest = length < data.length;
    this.#data = this.#isRest ? data.subarray(length) : NOTHING;
    this.#scanned = 0;
    this.#verified = 0;
    return this.#isRest ? data.subarray(0, length) : data;
  }

  #messageLength(): number | undefined {
    const newline = this.#data.indexOf(LF, this.#scanned);
    const line = newline < 0 ? this.#data : this.#data.subarray(0, newline);
    let bar = line.indexOf(BAR, this.#scanned);
    for (; bar >= 0 && bar + TAG_BYTES <= line.length; bar = line.indexOf(BAR, bar + 1)) {
      const length = this.#tagLengthAt(line, bar);
      if (length === undefined) break;
      if (length === 0 || this.#verified === MAX_VERIFIED) continue;
      this.#verified += 1;
      if (!this.#isRight(line, bar, length)) continue;
      const end = this.#endOfText(line, bar + length);
      return end + (this.#endingAt(end) ?? 0);
    }
    if (newline >= 0) return newline + 1;
    this.#scanned = bar < 0 ? line.length : bar;
    return undefined;
  }

  /**
   * Where a message with a right tag that ends at `tagEnd` ends: at the end of the line, when the whole line is a
   * message too.
   */
  #endOfText(line: Buffer, tagEnd: number): number {
    const end = textEnd(line);
    return tagEnd < end && this.#isWhole(line, end) ? end : tagEnd;
  }

  /** Whether the whole line is one message, with a right tag that ends at `end`. */
  #isWhole(line: Buffer, end: number): boolean {
    const length = this.#wholesTried === MAX_VERIFIED ? 0 : this.#tagLengthBefore(line, end);
    if (length === 0) return false;
    this.#wholesTried += 1;
    return this.#isRight(line, end - length, length);
  }

  /**
   * The length of a possible tag that begins at a bar, in bytes. 0 when there is none; undefined when more bytes may
   * make it an HMAC.
   */
  #tagLengthAt(line: Buffer, bar: number): number | undefined {
    if (!this.#key) return isTag(line, bar, line.length) ? TAG_BYTES : 0;
    const bytes = hmacBytes(line, bar);
    if (bytes === HMAC_BYTES) return HMAC_BYTES;
    return bar + bytes === line.length ? undefined : 0;
  }

  /** The same for a tag that ends at `end`. */
  #tagLengthBefore(line: Buffer, end: number): number {
    if (!this.#key) return tagLength(line, end, false);
    return isHmac(line, end) ? HMAC_BYTES : 0;
  }

  /** Whether a possible tag is the right one for all bytes before it. */
  #isRight(line: Buffer, bar: number, length: number): boolean {
    if (!this.#key) return isTagOf(line, bar);
    const tag = line.toString('latin1', bar + 1, bar + length);
    return isHmacTagOf(this.#key, tag, line.subarray(0, bar));
  }

  /** The length of the line ending at a position. 0 when there is none; undefined when a CR may become one. */
  #endingAt(position: number): number | undefined {
    if (this.#data[position] === LF) return 1;
    if (this.#data[position] !== CR) return 0;
    if (this.#data.length === position + 1) return undefined;
    return this.#data[position + 1] === LF ? 2 : 0;
  }
}

/** Where a line ends, without the CR of its line ending. */
function textEnd(line: Buffer): number {
  return line.at(-1) === CR ? line.length - 1 : line.length;
}
