import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isSame } from '#lib/text/constant-time.ts';

/*
 * A program that knows LAB_TOKEN signs what it sends: an HMAC (RFC 2104, FIPS 198-1) with SHA-256 follows the bytes.
 *
 *    hmac = "|hmac-sha256:" 64HEXDIG-lower
 *
 * An HMAC proves who sent the bytes, and that nobody altered them. It does not prove when: anybody who has read a
 * message on the wire can replay it, unless the message has a number or a time.
 */

const PREFIX = Buffer.from('|hmac-sha256:');

/** Bytes of an HMAC: the bar, its name and 64 digits. */
export const HMAC_BYTES = PREFIX.length + 64;

export type HmacProblem = 'no HMAC' | 'wrong HMAC';

/** The text with which a server refuses. It is on the wire, so captures of earlier runs have it too. */
export const refusals: Readonly<Record<HmacProblem, string>> = {
  'no HMAC': 'no HMAC, and this server wants one (LAB_TOKEN)',
  'wrong HMAC': 'wrong HMAC',
};

/** The key: the token in UTF-8. Undefined without a token or for an empty one; then nothing is signed. */
export function hmacKey(token: string | undefined): KeyObject | undefined {
  return token ? createSecretKey(token, 'utf8') : undefined;
}

/** The HMAC without its bar, `hmac-sha256:` and 64 lower-case hex digits, of all parts in order. */
export function hmacTag(key: KeyObject, ...parts: readonly (Buffer | string)[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return `hmac-sha256:${hmac.digest('hex')}`;
}

/** Whether a tag is the right HMAC of the parts. */
export function isHmacTagOf(key: KeyObject, tag: string, ...parts: readonly (Buffer | string)[]): boolean {
  return isSame(hmacTag(key, ...parts), tag);
}

/**
 * Counts the bytes from `start` on that have the form of an HMAC, its bar included: 77 for a whole one. Fewer can be
 * the beginning of an HMAC when `bytes` ends there.
 */
export function hmacBytes(bytes: Buffer, start: number): number {
  let count = 0;
  for (; count < HMAC_BYTES && start + count < bytes.length; count += 1) {
    const byte = bytes[start + count]!;
    if (count < PREFIX.length ? byte !== PREFIX[count] : !isHexDigit(byte)) break;
  }
  return count;
}

/** Whether the bytes before `end` have the form of an HMAC, right or wrong. */
export function isHmac(bytes: Buffer, end: number): boolean {
  return end >= HMAC_BYTES && hmacBytes(bytes, end - HMAC_BYTES) === HMAC_BYTES;
}

/** Whether a byte is one of `0` to `9` and `a` to `f`. */
export function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}
