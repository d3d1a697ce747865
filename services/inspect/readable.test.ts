import { describe, expect, test } from '@jest/globals';
import { isText, readable, safe } from './readable.ts';

describe('octets as text', () => {
  test('keeps UTF-8 and escapes line endings and octets that are none', () => {
    expect(readable(Buffer.from('Grüße 你好 🦈\r\n'))).toBe('Grüße 你好 🦈\\r\\n');
    expect(readable(Buffer.from('54658c7431', 'hex'))).toBe('Te\\x8ct1');
    expect(readable(Buffer.from('e4bd', 'hex'))).toBe('\\xe4\\xbd');
  });

  test('lets no control character through, of seven or eight bits, nor one that turns a line', () => {
    const every = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none of them may be there
    expect(readable(every)).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
    expect(readable(Buffer.from('\u009b31m'))).toBe('\\xc2\\x9b31m');
    expect(safe('a\u202eb\u001b[31m')).toBe('a\\xe2\\x80\\xaeb\\x1b[31m');
  });

  test('knows text from bytes', () => {
    expect(isText(Buffer.from('Grüße\n'))).toBe(true);
    expect(isText(Buffer.from('54658c7431', 'hex'))).toBe(true);
    expect(isText(Buffer.from('\r\n'))).toBe(false);
    expect(isText(Buffer.alloc(0))).toBe(false);
    expect(isText(Buffer.from('000102fffe41', 'hex'))).toBe(false);
  });
});
