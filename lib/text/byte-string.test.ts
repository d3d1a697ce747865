import { expect, test } from '@jest/globals';
import { byteString } from './byte-string.ts';

test.each([
  ['\xabest3|5e595222', String.raw`b'\xabest3|5e595222'`],
  ['', "b''"],
  [' ~', "b' ~'"],
  ['\0\x1f\x7f\x80\xff', String.raw`b'\x00\x1f\x7f\x80\xff'`],
  ['\t\n\r', String.raw`b'\t\n\r'`],
  ['\\', String.raw`b'\\'`],
  ['"', `b'"'`],
  ["'", `b"'"`],
  [`'"`, String.raw`b'\'"'`],
])('writes %j as Python does', (text, literal) => {
  expect(byteString(Buffer.from(text, 'latin1'))).toBe(literal);
});
