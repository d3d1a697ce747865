import type { KeyObject } from 'node:crypto';
import { HMAC_BYTES, hmacBytes, isHmac, isHmacTagOf } from './hmac.ts';
import { BAR, CR, isTag, isTagOf, LF, Message, TAG_BYTES, tagLength } from './message.ts';

/** Bytes of the longest message on TCP, its tag included and its ending not. */
export const LONGEST_MESSAGE = 65_536;

/** How many tags in form are verified in one message: what a peer can make us hash is bounded. */
const MAX_VERIFIED = 64;

const NOTHING = Buffer.alloc(0);

export type Frame =
  | { readonly kind: 'message'; readonly message: Message }
  /** The line ending of the message before, which came too late to be part of it. */
  | { readonly kind: 'ending'; readonly bytes: Buffer }
  /** More than the longest message without an end. The stream can't be read on. */
  | { readonly kind: 'too-long' };

/**
 * Finds the messages in a byte stream, however it is cut into segments.
 *
 * A message ends with a newline, or with a tag that is right for what stands before it: the one at the end of what has
 * come, or else the first. A line ending right behind belongs to it. A wrong tag ends nothing by itself: when it stands
 * at the end of what has come and no more follows, `mayBeWhole` says so and the caller decides by `flush`, as at the
 * end of the stream.
 *
 * With a key the tag that is right is the HMAC alone. Anybody can make a checksum, and a signed body may hold one that
 * is right: it ends as little as a wrong tag does, so that the body stays whole however it is cut, and that whoever
 * sends a checksum and waits can be told of it.
 */
export class Framer {
  readonly #key: KeyObject | undefined;
  #data: Buffer = NOTHING;
  /** Up to here no message ends. */
  #scanned = 0;
  #verified = 0;
  #wholesTried = 0;
  #endingMayCome = false;
  #taken = 0;
  /** Whether what is left is the end of a segment whose messages have been taken. */
  #isRest = false;

  constructor(key?: KeyObject) {
    this.#key = key;
  }

  /** Bytes that have come and are not part of a message yet. */
  get buffered(): number {
    return this.#data.length;
  }

  /** Bytes of the stream up to the end of the last frame. */
  get taken(): number {
    return this.#taken;
  }

  /** Whether what is left ends with a tag in form, of either kind with a key. */
  get mayBeWhole(): boolean {
    return tagLength(this.#data, this.#data.length, this.#key !== undefined) > 0;
  }

  push(bytes: Buffer): void {
    this.#wholesTried = 0;
    this.#data = this.#data.length === 0 ? bytes : Buffer.concat([this.#data, bytes]);
  }

  /** The next frame, or undefined until more has come. */
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
    // A CR may be the beginning of an ending.
    const unfinished = this.#data.length - (this.#data.at(-1) === CR ? 1 : 0);
    if (length === undefined && unfinished > LONGEST_MESSAGE) return this.#tooLong();
    if (length !== undefined) {
      const message = this.#takeMessage(length);
      return message.textLength > LONGEST_MESSAGE ? this.#tooLong() : { kind: 'message', message };
    }
    // A copy, so that a few bytes don't hold on to the whole segment that they came in.
    if (this.#isRest) this.#data = Buffer.from(this.#data);
    this.#isRest = false;
    return undefined;
  }

  /** What is left as a message of its own, or undefined when nothing is. */
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

  /** Where a message ends by a tag that is right and ends at `tagEnd`: with the line when that is one message too. */
  #endOfText(line: Buffer, tagEnd: number): number {
    const end = textEnd(line);
    return tagEnd < end && this.#isWhole(line, end) ? end : tagEnd;
  }

  /** Whether all that has come, or its first line, is one message by a tag that ends at `end`. */
  #isWhole(line: Buffer, end: number): boolean {
    const length = this.#wholesTried === MAX_VERIFIED ? 0 : this.#tagLengthBefore(line, end);
    if (length === 0) return false;
    this.#wholesTried += 1;
    return this.#isRight(line, end - length, length);
  }

  /**
   * Bytes of a tag that ends a message when it is right and that begins at a bar; 0 for none, undefined while it may
   * still become an HMAC.
   */
  #tagLengthAt(line: Buffer, bar: number): number | undefined {
    if (!this.#key) return isTag(line, bar, line.length) ? TAG_BYTES : 0;
    const bytes = hmacBytes(line, bar);
    if (bytes === HMAC_BYTES) return HMAC_BYTES;
    return bar + bytes === line.length ? undefined : 0;
  }

  /** The same of one that stands before `end`. */
  #tagLengthBefore(line: Buffer, end: number): number {
    if (!this.#key) return tagLength(line, end, false);
    return isHmac(line, end) ? HMAC_BYTES : 0;
  }

  /** Whether a tag in form is the one of all that stands before it. */
  #isRight(line: Buffer, bar: number, length: number): boolean {
    if (!this.#key) return isTagOf(line, bar);
    const tag = line.toString('latin1', bar + 1, bar + length);
    return isHmacTagOf(this.#key, tag, line.subarray(0, bar));
  }

  /** Bytes of the line ending at a position, 0 for none, undefined while a CR may still become one. */
  #endingAt(position: number): number | undefined {
    if (this.#data[position] === LF) return 1;
    if (this.#data[position] !== CR) return 0;
    if (this.#data.length === position + 1) return undefined;
    return this.#data[position + 1] === LF ? 2 : 0;
  }
}

/** Where a line ends without the CR of its ending. */
function textEnd(line: Buffer): number {
  return line.at(-1) === CR ? line.length - 1 : line.length;
}
