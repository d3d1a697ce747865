import { describe, expect, test } from '@jest/globals';
import { hexOf } from './facts-testing.ts';
import { hexDump } from './hex.ts';

/** The text of the dump for wide pages, or of the only dump, without markup. */
function shown(hex: string, marked?: readonly number[]): string[] {
  const [, dump = ''] = /<pre[^>]*>([\s\S]*?)<\/pre>/.exec(hexDump(hex, marked).text) ?? [];
  return dump.replaceAll(/<\/?i>/g, '').split('\n');
}

describe('hexDump', () => {
  test('has an offset, 16 bytes and their text in a row', () => {
    expect(shown(hexOf('Hello from Client\n'))).toEqual([
      '0000  48 65 6c 6c 6f 20 66 72 6f 6d 20 43 6c 69 65 6e  Hello from Clien',
      `0010  74 0a${' '.repeat(3 * 14)}  t.`,
    ]);
  });

  test('has a second version with 8 bytes in a row', () => {
    expect(hexDump(hexOf('Packet Loss')).text).toContain(
      '<pre class="hex narrow"><i>0000</i>  50 61 63 6b 65 74 20 4c  Packet L\n<i>0008</i>  6f 73 73',
    );
    expect(hexDump(hexOf('Test1')).text).not.toContain('narrow');
  });

  test('marks bytes in digits and text, adjacent ones together', () => {
    expect(shown(hexOf('Test1\n'), [4])[0]).toBe(
      `0000  54 65 73 74 <mark>31</mark> 0a${' '.repeat(6)}  Test<mark>1</mark>.`,
    );
    expect(shown(hexOf('abcd'), [0, 1, 3])[0]).toBe(
      `0000  <mark>61 62</mark> 63 <mark>64</mark>${' '.repeat(12)}  <mark>ab</mark>c<mark>d</mark>`,
    );
  });

  test('continues a mark in the next row', () => {
    const rows = shown(hexOf('0123456789abcdefg'), [15, 16]);
    expect(rows[0]).toContain('65 <mark>66</mark>  0123456789abcde<mark>f</mark>');
    expect(rows[1]).toMatch(/^0010 {2}<mark>67<\/mark> .* <mark>g<\/mark>$/);
  });

  test('escapes the text of its bytes', () => {
    const { text } = hexDump(hexOf('<script>&"\''));
    expect(text).toContain('&lt;script&gt;&amp;&quot;&#39;');
    expect(text).not.toContain('<script>');
  });

  test('leaves out the middle of a long payload, except rows with marks', () => {
    const rows = shown('00'.repeat(1_024), [700]);
    expect(rows).toHaveLength(16 + 3);
    expect(rows[16]).toBe('…     432 more bytes in the capture');
    expect(rows[17]).toMatch(/^02b0 .*<mark>00<\/mark>/);
    expect(rows[18]).toBe('…     320 more bytes in the capture');
  });

  test('has only rows with marks if no others are asked for', () => {
    const [, dump = ''] = /<pre[^>]*>([\s\S]*?)<\/pre>/.exec(hexDump('00'.repeat(64), [20], 0).text) ?? [];
    const rows = dump.replaceAll(/<\/?(i|mark)>/g, '').split('\n');
    expect(rows.map((row) => row.slice(0, 23))).toEqual([
      '…     16 more bytes in ',
      '0010  00 00 00 00 00 00',
      '…     32 more bytes in ',
    ]);
  });

  test.each([
    ['', '0'],
    ['zz', ''],
  ])('is empty for %j', (hex) => {
    expect(shown(hex)).toEqual(['']);
  });
});
