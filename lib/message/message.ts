import { hash, type KeyObject } from 'node:crypto';
import { HMAC_BYTES, type HmacProblem, hmacTag, isHexDigit, isHmac, isHmacTagOf } from './hmac.ts';

/*
 * A message, in ABNF (RFC 5234), over bytes:
 *
 *    message = body [ tag / hmac ] [ ending ]
 *    tag     = "|" 8HEXDIG-lower                  ; the first 8 digits of SHA-1(body)
 *    hmac    = "|hmac-sha256:" 64HEXDIG-lower     ; HMAC-SHA-256 of the body; without a token, part of the body
 *    ending  = [ CR ] LF
 *    body    = *OCTET                             ; no LF on TCP, where LF ends a message
 *
 * The last possible tag is the tag. So a body may contain "|", and bytes that look like a tag.
 *
 * A message has no number. Anybody who has read one with its HMAC can replay it, and no server can tell.
 */

/** Bytes of a checksum tag: the bar and its digits. */
export const TAG_BYTES = 9;

export const BAR = 0x7c;
export const CR = 0x0d;
export const LF = 0x0a;

/** A whole message. Any bytes are one. Its parts are views of its bytes, made on demand. */
export class Message {
  /** All bytes, with tag and line ending. */
  readonly bytes: Buffer;
  /** The length without the line ending. */
  readonly textLength: number;
  readonly bodyLength: number;
  /** 8 hex digits, or `hmac-sha256:` and 64, right or wrong. Undefined for a plain message. */
  readonly tag: string | undefined;

  /** @param withHmac whether an HMAC counts as a tag, as where a token is set */
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

  /** The bytes of the line ending; empty when there is none. */
  get ending(): Buffer {
    return this.bytes.subarray(this.textLength);
  }
}

/** The tag of a body: 8 lower-case hex digits. */
export function checksum(body: Buffer | string): string {
  return hash('sha1', body).slice(0, TAG_BYTES - 1);
}

/** The tag of a message, after its bar: its HMAC with a key, its checksum without one. */
export function tagOf(body: Buffer | string, key: KeyObject | undefined): string {
  return key ? hmacTag(key, body) : checksum(body);
}

/**
 * A body with its tag and without a line ending, as the reference client sends it. With a key, the tag is the HMAC.
 */
export function encodeMessage(body: Buffer | string, key?: KeyObject): Buffer {
  return Buffer.concat([Buffer.from(body), Buffer.from(`|${tagOf(body, key)}`)]);
}

/** The problem with the HMAC of a message that was read `withHmac`. Undefined when the HMAC is right. */
export function hmacProblem(
  { tag, body, bodyLength, textLength }: Message,
  key: KeyObject,
): HmacProblem | undefined {
  if (tag === undefined || textLength - bodyLength !== HMAC_BYTES) return 'no HMAC';
  return isHmacTagOf(key, tag, body) ? undefined : 'wrong HMAC';
}

/** The length of the tag, right or wrong, that ends at `end`; 0 when there is none. */
export function tagLength(bytes: Buffer, end: number, withHmac: boolean): number {
  if (isTag(bytes, end - TAG_BYTES, end)) return TAG_BYTES;
  return withHmac && isHmac(bytes, end) ? HMAC_BYTES : 0;
}

/** Whether the bytes at `start` have the form of a checksum tag, right or wrong, and end by `end`. */
export function isTag(bytes: Buffer, start: number, end: number): boolean {
  if (start < 0 || start + TAG_BYTES > end || bytes[start] !== BAR) return false;
  for (let index = start + 1; index < start + TAG_BYTES; index += 1) {
    if (!isHexDigit(bytes[index]!)) return false;
  }
  return true;
}

/** Whether the tag at `start` is the checksum of all bytes before it. */
export function isTagOf(bytes: Buffer, start: number): boolean {
  return checksum(bytes.subarray(0, start)) === bytes.toString('latin1', start + 1, start + TAG_BYTES);
}

function endingLength(bytes: Buffer): number {
  if (bytes.at(-1) !== LF) return 0;
  return bytes.at(-2) === CR ? 2 : 1;
}
