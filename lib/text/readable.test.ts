import { describe, expect, test } from '@jest/globals';
import { isText, printable, readable, safe, safeLines } from './readable.ts';

/** Characters that no terminal may get, and the escapes in their place. */
const hidden = [
  ['the escape that colours a terminal', '\x1b', String.raw`\u001b`],
  ['NUL', '\0', String.raw`\u0000`],
  ['DEL', '\x7f', String.raw`\u007f`],
  ['a control character of eight bits', '\u009b', String.raw`\u009b`],
  ['a turn of the direction', '\u202e', String.raw`\u202e`],
  ['the end of a turn', '\u202c', String.raw`\u202c`],
  ['an isolate', '\u2066', String.raw`\u2066`],
  ['a mark of direction', '\u200f', String.raw`\u200f`],
  ['an Arabic mark of direction', '\u061c', String.raw`\u061c`],
  ['a space of no width', '\u200b', String.raw`\u200b`],
  ['a joiner', '\u200d', String.raw`\u200d`],
  ['a word joiner', '\u2060', String.raw`\u2060`],
  ['a byte order mark', '\ufeff', String.raw`\ufeff`],
  ['a soft hyphen', '\u00ad', String.raw`\u00ad`],
  ['a separator of lines', '\u2028', String.raw`\u2028`],
  ['a separator of paragraphs', '\u2029', String.raw`\u2029`],
  ['a letter without a shape', '\u3164', String.raw`\u3164`],
  ['a selector of variants', '\ufe0f', String.raw`\ufe0f`],
  ['a tag', '\u{e0041}', String.raw`\udb40\udc41`],
  ['a character of private use', '\ue000', String.raw`\ue000`],
  ['half a character', '\ud83d', String.raw`\ud83d`],
  ['the other half', '\ude00', String.raw`\ude00`],
] as const;

const visible = 'Grüße 3\u00a0s 你好 — «é» עברית العربية हिन्दी 🦈 ❤️ 👨‍👩‍👧 🇨🇭 1️⃣';

describe('a text that is safe', () => {
  test.each(hidden)('names %s', (_what, character, shown) => {
    expect(safe(`a${character}b`)).toBe(`a${shown}b`);
    expect(safeLines(`a${character}b`)).toBe(`a${shown}b`);
    expect(printable(Buffer.from(`a${character}b`))).toBe(`a${character.isWellFormed() ? shown : '\ufffd'}b`);
    if (character.isWellFormed()) expect(readable(Buffer.from(`a${character}b`))).toBe(`a${shown}b`);
  });

  test('keeps any other writing, and emoji whole', () => {
    expect(safe(visible)).toBe(visible);
    expect(readable(Buffer.from(visible))).toBe(visible);
    expect(printable(Buffer.from(visible))).toBe(visible);
  });

  test('has newlines as escapes, or unchanged', () => {
    expect(safe('a\r\nb\tc')).toBe(String.raw`a\r\nb\tc`);
    expect(safeLines('a\r\nb\tc')).toBe('a\\r\nb\tc');
  });

  test('keeps a line of JSON valid, with the same meaning', () => {
    const value = hidden.map(([, character]) => character);
    expect(JSON.parse(safeLines(JSON.stringify(value)))).toEqual(value);
  });
});

describe('bytes as text', () => {
  test('keeps UTF-8 and escapes other bytes', () => {
    expect(readable(Buffer.from('Grüße 你好 🦈\r\n'))).toBe('Grüße 你好 🦈\\r\\n');
    expect(readable(Buffer.from('54658c7431', 'hex'))).toBe('Te\\x8ct1');
    expect(readable(Buffer.from('e4bd', 'hex'))).toBe('\\xe4\\xbd');
  });

  test('escapes each byte that is no character or a hidden one', () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    expect(readable(every)).toMatch(/^[ -~]+$/);
  });

  test('tells text from binary bytes', () => {
    expect(isText(Buffer.from('Grüße\n'))).toBe(true);
    expect(isText(Buffer.from('54658c7431', 'hex'))).toBe(true);
    expect(isText(Buffer.from('\r\n'))).toBe(false);
    expect(isText(Buffer.alloc(0))).toBe(false);
    expect(isText(Buffer.from('000102fffe41', 'hex'))).toBe(false);
  });
});

describe('a message that is printed', () => {
  test('has replacement characters for bytes that are not UTF-8', () => {
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
    ['a character at the cut left out', `${'x'.repeat(999)}😀 `, `${'x'.repeat(999)}… (1004 bytes)`],
  ])('shows %s', (_what, text, shown) => {
    expect(printable(Buffer.from(text))).toBe(shown);
  });
});
