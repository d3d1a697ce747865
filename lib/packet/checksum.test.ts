import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { changedChecksum, checksum, sum16 } from './checksum.ts';
import { sumOf } from './testing.ts';

const bytesOf = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');

describe('a sum', () => {
  test.each([
    ['the example of RFC 1071', '0001 f203 f4f5 f6f7', 0xddf2],
    ['no bytes', '', 0],
    ['zeros', '0000 0000', 0],
    ['an odd byte, which is a high half', '0001 02', 0x0201],
    ['a carry', 'ffff 0001', 1],
    ['ones, which stay ones', 'ffff ffff', 0xffff],
  ])('of %s has its value', (_what, hex, sum) => {
    expect(sum16(bytesOf(hex))).toBe(sum);
  });

  test('of 64 KiB of ones does not overflow', () => {
    expect(sum16(Buffer.alloc(65_536, 0xff), 0xffff)).toBe(0xffff);
  });

  test('is the one of the definition, for any bytes and any start', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.nat(0xffff), (drawn, start) => {
        const bytes = Buffer.from(drawn);
        const begin = Buffer.from([start >> 8, start & 255]);
        expect(sum16(bytes, start)).toBe(sumOf(Buffer.concat([begin, bytes])));
      }),
    );
  });
});

test.each([
  ['an IP header', '4500 0073 0000 4000 4011 0000 c0a8 0001 c0a8 00c7', 0xb861],
  ['the example of RFC 1071', '0001 f203 f4f5 f6f7', 0x220d],
  ['zeros', '0000', 0xffff],
])('the checksum of %s is the known one', (_what, hex, known) => {
  expect(checksum(bytesOf(hex))).toBe(known);
});

describe('the checksum after a change of a word', () => {
  test('is that of the example of RFC 1624', () => {
    expect(changedChecksum(0xdd2f, 0x5555, 0x3285)).toBe(0);
  });

  test('is the one of the changed bytes', () => {
    const word = fc.nat(0xffff);
    fc.assert(
      fc.property(fc.array(word, { minLength: 2, maxLength: 20 }), word, (words, after) => {
        // A packet always has a word that is not 0, such as its protocol.
        const bytesWith = (first: number) =>
          Buffer.from([first, 0x0600, ...words].flatMap((one) => [one >> 8, one & 255]));
        expect(changedChecksum(checksum(bytesWith(words[0]!)), words[0]!, after)).toBe(
          checksum(bytesWith(after)),
        );
      }),
    );
  });
});
