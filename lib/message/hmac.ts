import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { isSame } from '#lib/text/constant-time.ts';

/*
 * How whoever knows LAB_TOKEN signs what it sends: HMAC (RFC 2104, FIPS 198-1) with SHA-256, behind what it is of.
 *
 *   hmac = "|hmac-sha256:" 64HEXDIG-lower
 *
 * It says who sent something and that nobody altered it. It does not say when: what carries no number or time of its
 * own can be sent again by anybody who has read it on the wire.
 */

const PREFIX = Buffer.from('|hmac-sha256:');

/** Bytes of an HMAC: the bar, its name and 64 digits. */
export const HMAC_BYTES = PREFIX.length + 64;

export type HmacProblem = 'no HMAC' | 'wrong HMAC';

/** What a server with a token says of what it refuses. */
export const refusals: Readonly<Record<HmacProblem, string>> = {
  'no HMAC': 'no HMAC, and this server wants one (LAB_TOKEN)',
  'wrong HMAC': 'wrong HMAC',
};

/** The key that a token is, in UTF-8; undefined without one, or for an empty one: nothing is signed then. */
export function hmacKey(token: string | undefined): KeyObject | undefined {
  return token ? createSecretKey(token, 'utf8') : undefined;
}

/** What stands behind the bar: `hmac-sha256:` and 64 lower-case hex digits, over all parts, one behind the other. */
export function hmacTag(key: KeyObject, ...parts: readonly (Buffer | string)[]): string {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return `hmac-sha256:${hmac.digest('hex')}`;
}

/** Whether a tag is the HMAC of the parts. */
export function isHmacTagOf(key: KeyObject, tag: string, ...parts: readonly (Buffer | string)[]): boolean {
  return isSame(hmacTag(key, ...parts), tag);
}

/**
 * How many bytes from `start` on have the form of an HMAC, its bar included: 77 for a whole one. Fewer are the
 * beginning of one when nothing stands behind them yet.
 */
export function hmacBytes(bytes: Buffer, start: number): number {
  let count = 0;
  for (; count < HMAC_BYTES && start + count < bytes.length; count += 1) {
    const byte = bytes[start + count]!;
    if (count < PREFIX.length ? byte !== PREFIX[count] : !isHexDigit(byte)) break;
  }
  return count;
}

/** Whether an HMAC in form, right or wrong, stands before `end`. */
export function isHmac(bytes: Buffer, end: number): boolean {
  return end >= HMAC_BYTES && hmacBytes(bytes, end - HMAC_BYTES) === HMAC_BYTES;
}

/** Of bytes: `0` to `9` and `a` to `f`. */
export function isHexDigit(byte: number): boolean {
  return (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x66);
}
