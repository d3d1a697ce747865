import { expect, test } from '@jest/globals';
import { safe } from '#lib/text/readable.ts';
import { beginning, visible } from './readable.ts';

const TEXTS = [
  'plain',
  'a\nb\tc\r',
  '\u001b[31mred\u001b[0m',
  'abc\u202egnp.exe',
  'zero\u200bwidth \u00adsoft',
  '👩‍👩‍👧 and ✔️',
  '\ud800 half',
  '<script>alert(1)</script>',
  '\u2028line\u2029',
  '\u{e0041}tag',
];

test.each(TEXTS)('%j is shown as the programs show it', (text) => {
  expect(visible(text)).toBe(safe(text));
});

test('a character that reverses the text is an escape', () => {
  expect(visible('abc\u202egnp.exe')).toBe('abc\\u202egnp.exe');
});

test('a long text is cut, and never inside a character', () => {
  expect(beginning('short', 5)).toBe('short');
  expect(beginning('longer', 5)).toBe('long…');
  expect(beginning('abc😀def', 5)).toBe('abc…');
});
