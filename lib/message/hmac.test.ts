import { describe, expect, test } from '@jest/globals';
import { HMAC_BYTES, hmacBytes, hmacKey, hmacTag, isHmac, isHmacTagOf } from './hmac.ts';

// RFC 4231, 4.3: a test vector with text as key.
const JEFE = 'Jefe';
const WHAT = 'what do ya want for nothing?';
const TAG = 'hmac-sha256:5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843';

const key = hmacKey(JEFE)!;

test('hmacTag is that of RFC 4231', () => {
  expect(hmacTag(key, WHAT)).toBe(TAG);
});

test('hmacTag covers all parts in order', () => {
  expect(hmacTag(key, 'what do ya ', Buffer.from('want '), '', 'for nothing?')).toBe(TAG);
});

test.each([undefined, ''])('%j is no token', (token) => {
  expect(hmacKey(token)).toBeUndefined();
});

test('a token is UTF-8', () => {
  expect(hmacTag(hmacKey('grüße')!, WHAT)).not.toBe(hmacTag(hmacKey('gruesse')!, WHAT));
  expect(hmacKey('grüße')!.symmetricKeySize).toBe(7);
});

test('isHmacTagOf accepts only the right tag, key and parts', () => {
  expect(isHmacTagOf(key, TAG, WHAT)).toBe(true);
  expect(isHmacTagOf(hmacKey('jefe')!, TAG, WHAT)).toBe(false);
  expect(isHmacTagOf(key, TAG, `${WHAT}?`)).toBe(false);
  for (const tag of [
    '',
    'hmac-sha256:',
    TAG.slice(0, -1),
    `${TAG}3`,
    TAG.toUpperCase(),
    TAG.replace('5b', '5c'),
  ]) {
    expect(isHmacTagOf(key, tag, WHAT)).toBe(false);
  }
});

describe('the form of an HMAC', () => {
  const whole = Buffer.from(`|${TAG}`);

  test('has 77 bytes', () => {
    expect([HMAC_BYTES, whole.length, hmacBytes(whole, 0)]).toEqual([77, 77, 77]);
    expect(hmacBytes(Buffer.from(`a|${TAG}f`), 1)).toBe(77);
  });

  test('may have begun, when bytes are there', () => {
    for (const length of whole.keys()) expect(hmacBytes(whole.subarray(0, length), 0)).toBe(length);
  });

  test('ends at a byte that no HMAC has', () => {
    for (const at of whole.keys()) {
      const other = Buffer.from(whole).fill('g', at, at + 1);
      expect(hmacBytes(other, 0)).toBe(at);
      expect(isHmac(other, other.length)).toBe(false);
    }
  });

  test('is directly before `end`', () => {
    const bytes = Buffer.from(`Hey|${TAG}\n`);
    expect([...bytes.keys(), bytes.length].filter((end) => isHmac(bytes, end))).toEqual([80]);
  });
});
