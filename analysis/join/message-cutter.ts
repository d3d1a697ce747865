import type { ByteStream, Part } from '#analysis/capture/byte-stream.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { CR, LF } from '#lib/message/message.ts';
import { textLengthOf } from './expected.ts';
import { agree } from './pattern.ts';

/** A message as its entry cuts it out of the stream of a client. */
export interface CutMessage {
  /** Body and tag. */
  readonly text: Part;
  /** The line endings that it may have been decided with, the longest first. */
  readonly endings: readonly Buffer[];
  /** The line ending of the message before, which may have come too late to be part of that. */
  readonly before: Buffer;
  /** What came before it and no entry speaks of. */
  readonly skipped: Part | undefined;
}

/** Octets that a server and its kernel hold of a client that sends ahead, at most. */
const MOST_WAITING = 16 * 2 ** 20;

/** Cuts the stream of a client into the messages that the journal speaks of: it says how long each of them is. */
export class MessageCutter {
  readonly #requests: ByteStream;
  /** Where the text of the last message ends; a line ending may follow. */
  #cut = 0;
  #anyCut = false;

  constructor(requests: ByteStream) {
    this.#requests = requests;
  }

  /**
   * Undefined when the message of the entry is not there.
   *
   * @param isNext whether it can only be the next one
   */
  cut(entry: MessageEntry, isNext = false): CutMessage | undefined {
    const textLength = textLengthOf(entry);
    const start = this.#locate(entry, textLength, isNext);
    if (start === undefined) return undefined;
    const before = this.ending;
    const behind = this.#behindEnding();
    const skipped = start > behind ? this.#requests.part(behind, start - behind) : undefined;
    const text = this.#requests.part(start, textLength);
    this.#cut = start + textLength;
    this.#anyCut = true;
    const ending = this.#requests.part(this.#cut, this.#endingAt(this.#cut));
    this.#requests.drop(this.#cut);
    // Of an empty message there is nothing but its ending.
    const { frames } = textLength > 0 ? text : ending;
    return { text: { ...text, frames }, endings: this.#endings(entry, text, ending), before, skipped };
  }

  /** Only behind a tag, and in a later segment, a line ending can be too late to be part of it; in a hole, any. */
  #endings({ tag }: MessageEntry, text: Part, { bytes, frames }: Part): readonly Buffer[] {
    if (this.#isHole(this.#cut)) return ['\r\n', '\n', ''].map((ending) => Buffer.from(ending));
    const isTogether = frames.at(-1)?.number === text.frames.at(-1)?.number;
    return tag === undefined || bytes.length === 0 || isTogether ? [bytes] : [bytes, Buffer.alloc(0)];
  }

  #isHole(position: number): boolean {
    return position < this.#requests.end && this.#requests.at(position) === undefined;
  }

  /** The line ending of the last message, as far as it has come by now. */
  get ending(): Buffer {
    if (!this.#anyCut) return Buffer.alloc(0);
    return this.#requests.part(this.#cut, this.#endingAt(this.#cut)).bytes;
  }

  /** What has come and is more than a server can have waiting for its entries; it is not waited for any more. */
  overflow(): Part | undefined {
    if (this.#requests.end - this.#cut < MOST_WAITING) return undefined;
    const part = this.rest();
    this.#cut = this.#requests.end;
    this.#anyCut = false;
    this.#requests.drop(this.#cut);
    return part;
  }

  /** What has come and was not cut. */
  rest(): Part {
    const from = this.#behindEnding();
    return this.#requests.part(from, Math.max(0, this.#requests.end - from));
  }

  /** Where the message of an entry begins; undefined when it is not there. */
  #locate(entry: MessageEntry, textLength: number, isNext: boolean): number | undefined {
    const starts = this.#anyCut
      ? this.#endingLengths(this.#cut).map((length) => this.#cut + length)
      : [this.#cut];
    const start = starts.find((position) => this.#fits(entry, position, textLength));
    return start ?? (isNext ? undefined : this.#search(entry, textLength));
  }

  /** Where it begins behind octets that no entry speaks of. */
  #search(entry: MessageEntry, textLength: number): number | undefined {
    const rest = this.#requests.part(this.#cut, this.#requests.end - this.#cut).bytes;
    if (entry.tag !== undefined) {
      const tag = rest.indexOf(`|${entry.tag}`, entry.length, 'latin1');
      return tag < 0 ? undefined : this.#cut + tag - entry.length;
    }
    for (let line = rest.indexOf(LF) + 1; line > 0; line = rest.indexOf(LF, line) + 1) {
      if (this.#fits(entry, this.#cut + line, textLength)) return this.#cut + line;
    }
    return undefined;
  }

  #fits({ length, tag }: MessageEntry, start: number, textLength: number): boolean {
    const stop = start + textLength;
    if (stop > this.#requests.end) return false;
    if (tag !== undefined) {
      return agree(this.#requests.part(start + length, textLength - length), {
        bytes: Buffer.from(`|${tag}`),
      });
    }
    const next = this.#requests.at(stop);
    const ends = next === undefined || next === LF || next === CR || stop === this.#requests.end;
    return ends && !this.#requests.part(start, length).bytes.includes(LF);
  }

  /** Where the next message begins, when no octet is in between that no entry speaks of. */
  #behindEnding(): number {
    return this.#cut + (this.#anyCut ? this.#endingAt(this.#cut) : 0);
  }

  #endingAt(position: number): number {
    const octet = this.#requests.at(position);
    if (octet === LF) return 1;
    return octet === CR && this.#requests.at(position + 1) === LF ? 2 : 0;
  }

  /** How long the line ending at a position can be: the capture may have a hole there. */
  #endingLengths(position: number): readonly number[] {
    return this.#isHole(position) ? [1, 0, 2] : [this.#endingAt(position)];
  }
}
