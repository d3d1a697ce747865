import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Digest } from './digest.ts';
import { SHA_OF_ABCD, SHA_OF_NOTHING } from './machine-testing.ts';

function digestOf(...pieces: readonly (string | Uint8Array)[]) {
  const digest = new Digest();
  for (const piece of pieces) digest.add(Buffer.from(piece));
  return { bytes: digest.bytes, hex: digest.hex() };
}

test.each([
  ['nothing', [], 0, SHA_OF_NOTHING],
  ['an empty piece', [''], 0, SHA_OF_NOTHING],
  ['one piece', ['abcd'], 4, SHA_OF_ABCD],
  ['several pieces', ['a', 'bc', '', 'd'], 4, SHA_OF_ABCD],
])('the digest of %s', (_what, pieces, bytes, hex) => {
  expect(digestOf(...pieces)).toEqual({ bytes, hex });
});

test.each([65_535, 65_536, 65_537, 200_000])('is that of the whole: %d bytes in pieces of 1,000', (size) => {
  const whole = Buffer.from(Uint8Array.from({ length: size }, (_, at) => at % 251));
  const pieces = Array.from({ length: Math.ceil(size / 1_000) }, (_, index) =>
    whole.subarray(index * 1_000, (index + 1) * 1_000),
  );
  const hex = createHash('sha256').update(whole).digest('hex');
  expect(digestOf(...pieces)).toEqual({ bytes: size, hex });
  expect(digestOf(whole)).toEqual({ bytes: size, hex });
});

test('does not depend on where a stream is cut', () => {
  const property = fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 10 }), (pieces) => {
    expect(digestOf(...pieces)).toEqual(digestOf(Buffer.concat(pieces)));
  });
  fc.assert(property, { numRuns: 30 });
});
