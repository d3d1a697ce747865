import { describe, expect, test } from '@jest/globals';
import { printable } from './printable.ts';

describe('printable', () => {
  test.each([
    ['text', 'Hey|e4599fa9', 'Hey|e4599fa9'],
    ['text beyond ASCII', 'héllo €😀', 'héllo €😀'],
    ['line endings', 'a\r\nb\tc', String.raw`a\r\nb\tc`],
    ['the escape that colours a terminal', '\x1b[31m', String.raw`\u001b[31m`],
    ['NUL', '\0', String.raw`\u0000`],
    ['DEL', '\x7f', String.raw`\u007f`],
    ['control characters beyond ASCII', '\u0080\u009b', String.raw`\u0080\u009b`],
    ['nothing', '', ''],
  ])('shows %s', (_what, text, shown) => {
    expect(printable(Buffer.from(text))).toBe(shown);
  });

  test('shows octets that are no UTF-8 as replacement characters', () => {
    expect(printable(Buffer.from('a\xffb', 'latin1'))).toBe('a\ufffdb');
  });

  test.each([
    ['1,000 characters whole', 'é'.repeat(1_000), 'é'.repeat(1_000)],
    [
      'a longer message cut, with its length in bytes',
      'x'.repeat(65_535),
      `${'x'.repeat(1_000)}… (65535 bytes)`,
    ],
    ['a longer message of long characters cut', '€'.repeat(1_001), `${'€'.repeat(1_000)}… (3003 bytes)`],
  ])('shows %s', (_what, text, shown) => {
    expect(printable(Buffer.from(text))).toBe(shown);
  });
});
