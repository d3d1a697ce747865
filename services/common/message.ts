import { hash } from 'node:crypto';

/*
 * A message, in ABNF (RFC 5234), over octets:
 *
 *   message = body [ tag ] [ ending ]
 *   tag     = "|" 8HEXDIG-lower        ; the first 8 digits of SHA-1(body)
 *   ending  = [ CR ] LF
 *   body    = *OCTET                   ; no LF on TCP, where LF ends a message
 *
 * The tag is the last one that fits: a body may hold "|" and what looks like a tag.
 */

/** Octets of a tag: the bar and its digits. */
export const TAG_BYTES = 9;

export const BAR = 0x7c;
export const CR = 0x0d;
export const LF = 0x0a;

/** A whole message. Any octets are one. Its parts are views of its bytes, made when they are asked for. */
export class Message {
  /** As it came, its tag and ending included. */
  readonly bytes: Buffer;
  /** Octets without the line ending: what a person sees of it. */
  readonly textLength: number;
  readonly bodyLength: number;
  /** The 8 digits, right or wrong; undefined for a plain message. */
  readonly tag: string | undefined;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.textLength = bytes.length - endingLength(bytes);
    const start = this.textLength - TAG_BYTES;
    const tagged = isTag(bytes, start, this.textLength);
    this.bodyLength = tagged ? start : this.textLength;
    this.tag = tagged ? bytes.toString('latin1', start + 1, this.textLength) : undefined;
  }

  get body(): Buffer {
    return this.bytes.subarray(0, this.bodyLength);
  }

  /** Body and tag. */
  get text(): Buffer {
    return this.bytes.subarray(0, this.textLength);
  }

  /** The octets of the line ending, none for a message that has none. */
  get ending(): Buffer {
    return this.bytes.subarray(this.textLength);
  }
}

/** The tag of a body: 8 lower-case hex digits. */
export function checksum(body: Buffer | string): string {
  return hash('sha1', body).slice(0, TAG_BYTES - 1);
}

/** A body with its tag and no ending, as the client of the second seed document sends it (3.3.1). */
export function encodeMessage(body: Buffer | string): Buffer {
  return Buffer.concat([Buffer.from(body), Buffer.from(`|${checksum(body)}`)]);
}

/** Whether a tag in form, right or wrong, stands at `start` and ends by `end`. */
export function isTag(bytes: Buffer, start: number, end: number): boolean {
  if (start < 0 || start + TAG_BYTES > end || bytes[start] !== BAR) return false;
  for (let index = start + 1; index < start + TAG_BYTES; index += 1) {
    const octet = bytes[index]!;
    const isHexDigit = (octet >= 0x30 && octet <= 0x39) || (octet >= 0x61 && octet <= 0x66);
    if (!isHexDigit) return false;
  }
  return true;
}

/** Whether the tag at `start` is the checksum of all that stands before it. */
export function isTagOf(bytes: Buffer, start: number): boolean {
  return checksum(bytes.subarray(0, start)) === bytes.toString('latin1', start + 1, start + TAG_BYTES);
}

function endingLength(bytes: Buffer): number {
  if (bytes.at(-1) !== LF) return 0;
  return bytes.at(-2) === CR ? 2 : 1;
}
