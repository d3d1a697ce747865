import { hash, type KeyObject } from 'node:crypto';
import { HMAC_BYTES, type HmacProblem, hmacTag, isHexDigit, isHmac, isHmacTagOf } from './hmac.ts';

/*
 * A message, in ABNF (RFC 5234), over bytes:
 *
 *   message = body [ tag / hmac ] [ ending ]
 *   tag     = "|" 8HEXDIG-lower                  ; the first 8 digits of SHA-1(body)
 *   hmac    = "|hmac-sha256:" 64HEXDIG-lower     ; of the body, with the token; where no token is set, a part of it
 *   ending  = [ CR ] LF
 *   body    = *BYTE                             ; no LF on TCP, where LF ends a message
 *
 * The tag is the last one that fits: a body may hold "|" and what looks like a tag.
 *
 * A message has no number. Whoever has read one with its HMAC can send it again, and nobody can tell.
 */

/** Bytes of a checksum tag: the bar and its digits. */
export const TAG_BYTES = 9;

export const BAR = 0x7c;
export const CR = 0x0d;
export const LF = 0x0a;

/** A whole message. Any bytes are one. Its parts are views of its bytes, made when they are asked for. */
export class Message {
  /** As it came, its tag and ending included. */
  readonly bytes: Buffer;
  /** Bytes without the line ending: what a person sees of it. */
  readonly textLength: number;
  readonly bodyLength: number;
  /** The 8 digits, or `hmac-sha256:` and its 64, right or wrong; undefined for a plain message. */
  readonly tag: string | undefined;

  /** @param withHmac whether an HMAC is told from the body, as where a token is set */
  constructor(bytes: Buffer, withHmac = false) {
    this.bytes = bytes;
    this.textLength = bytes.length - endingLength(bytes);
    const length = tagLength(bytes, this.textLength, withHmac);
    this.bodyLength = this.textLength - length;
    this.tag = length > 0 ? bytes.toString('latin1', this.bodyLength + 1, this.textLength) : undefined;
  }

  get body(): Buffer {
    return this.bytes.subarray(0, this.bodyLength);
  }

  /** Body and tag. */
  get text(): Buffer {
    return this.bytes.subarray(0, this.textLength);
  }

  /** The bytes of the line ending, none for a message that has none. */
  get ending(): Buffer {
    return this.bytes.subarray(this.textLength);
  }
}

/** The tag of a body: 8 lower-case hex digits. */
export function checksum(body: Buffer | string): string {
  return hash('sha1', body).slice(0, TAG_BYTES - 1);
}

/** What a message has behind its bar: its HMAC with a key, its checksum without one. */
export function tagOf(body: Buffer | string, key: KeyObject | undefined): string {
  return key ? hmacTag(key, body) : checksum(body);
}

/**
 * A body with its tag and no ending, as the client of the second seed document sends it (3.3.1); with a key, with its
 * HMAC.
 */
export function encodeMessage(body: Buffer | string, key?: KeyObject): Buffer {
  return Buffer.concat([Buffer.from(body), Buffer.from(`|${tagOf(body, key)}`)]);
}

/** What is wrong with the HMAC of a message that was read with it; undefined when it is right. */
export function hmacProblem(
  { tag, body, bodyLength, textLength }: Message,
  key: KeyObject,
): HmacProblem | undefined {
  if (tag === undefined || textLength - bodyLength !== HMAC_BYTES) return 'no HMAC';
  return isHmacTagOf(key, tag, body) ? undefined : 'wrong HMAC';
}

/** Bytes of the tag, right or wrong, that stands before `end`; 0 for none. */
export function tagLength(bytes: Buffer, end: number, withHmac: boolean): number {
  if (isTag(bytes, end - TAG_BYTES, end)) return TAG_BYTES;
  return withHmac && isHmac(bytes, end) ? HMAC_BYTES : 0;
}

/** Whether a checksum tag in form, right or wrong, stands at `start` and ends by `end`. */
export function isTag(bytes: Buffer, start: number, end: number): boolean {
  if (start < 0 || start + TAG_BYTES > end || bytes[start] !== BAR) return false;
  for (let index = start + 1; index < start + TAG_BYTES; index += 1) {
    if (!isHexDigit(bytes[index]!)) return false;
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
