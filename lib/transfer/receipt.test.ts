import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { receiptText, SHA_OF_ABCD, SHA_OF_NOTHING } from './machine-testing.ts';
import { agree, decodeReceipt, encodeReceipt } from './receipt.ts';

const receipt = { bytes: 4, sha256: SHA_OF_ABCD, duplicates: 2, outOfOrder: 3 };

test('a receipt has the counts', () => {
  expect(String(encodeReceipt(receipt))).toBe(`bytes=4 sha-256=${SHA_OF_ABCD} duplicates=2 out-of-order=3`);
});

test('is read back', () => {
  const count = fc.nat(Number.MAX_SAFE_INTEGER);
  const receipts = fc.record({
    bytes: count,
    sha256: fc.constantFrom(SHA_OF_ABCD, SHA_OF_NOTHING),
    duplicates: count,
    outOfOrder: count,
  });
  const property = fc.property(receipts, (all) => expect(decodeReceipt(encodeReceipt(all))).toEqual(all));
  fc.assert(property);
});

test('is read beside fields that a later version may have', () => {
  expect(decodeReceipt(Buffer.from(`colour=blue ${receiptText(4, SHA_OF_ABCD, 2, 3)} last`))).toEqual(
    receipt,
  );
});

test.each([
  ...['', ' ', 'no receipt', 'bytes=4', 'sha256=00', receiptText(4, 'a=b=')],
  receiptText(4, SHA_OF_ABCD).replace('bytes=4', 'bytes='),
  receiptText(4, SHA_OF_ABCD).replace('bytes=4', 'bytes=0x10'),
])('"%s" is no receipt', (text) => {
  expect(decodeReceipt(Buffer.from(text))).toBeUndefined();
});

test.each([
  ['the same', true, receipt],
  ["one with other drops, which are the receiver's own", true, { ...receipt, duplicates: 0, outOfOrder: 0 }],
  ['one of other bytes', false, { ...receipt, sha256: SHA_OF_NOTHING }],
  ['one of another length', false, { ...receipt, bytes: 5 }],
  ['one whose length is no number', false, { ...receipt, bytes: Number.NaN }],
])('a receipt agrees with %s: %j', (_which, expected, other) => {
  expect(agree(receipt, other)).toBe(expected);
  expect(agree(other, receipt)).toBe(expected);
});
