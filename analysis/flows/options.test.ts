import { expect, test } from '@jest/globals';
import { permitsSack, sackBlocks } from './options.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const TIMES = '080a 397b2609 16f1b69a';

test('SACK blocks after the timestamps are read', () => {
  const options = bytes(`0101 ${TIMES} 0101 0512 00000010 00000020 fffffff0 00000005`);
  expect(sackBlocks(options)).toEqual([
    [0x10, 0x20],
    [0xff_ff_ff_f0, 5],
  ]);
});

test.each([
  ['no options', ''],
  ['only timestamps', `0101 ${TIMES}`],
  ['an end before it', '00 050a 00000010 00000020'],
  ['a damaged length', '0300 050a 00000010 00000020'],
  ['a block that is cut', '050a 00000010'],
])('there is no block: %s', (_what, hex) => {
  expect(sackBlocks(bytes(hex))).toEqual([]);
});

test('a SYN offers SACK or does not', () => {
  expect(permitsSack(bytes(`020405b4 0402 ${TIMES} 01 03030a`))).toBe(true);
  expect(permitsSack(bytes('020405b4 01 03030a'))).toBe(false);
});
