import { expect, test } from '@jest/globals';
import { LONGEST_LINE } from '#lib/live/remote.ts';
import { CUT, Lines } from './lines.ts';

function linesOf(...chunks: readonly (string | Buffer)[]): string[] {
  const lines = new Lines();
  return [...chunks.flatMap((chunk) => [...lines.take(Buffer.from(chunk))]), ...lines.rest()];
}

test.each([
  [['one\ntwo\n'], ['one', 'two']],
  [['one\ntwo'], ['one', 'two']],
  [
    ['o', 'ne\nt', 'wo\n\n'],
    ['one', 'two', ''],
  ],
  [['one\r\ntwo\r\n'], ['one', 'two']],
  [[''], []],
])('%j', (chunks, lines) => {
  expect(linesOf(...chunks)).toEqual(lines);
});

test('a character may be in two chunks', () => {
  const bytes = Buffer.from('a€b\n');
  expect(linesOf(bytes.subarray(0, 2), bytes.subarray(2))).toEqual(['a€b']);
});

test('bytes that are no UTF-8 do not stop it', () => {
  expect(linesOf(Buffer.from([0x61, 0xff, 0x0a, 0xe2]))).toEqual(['a\ufffd', '\ufffd']);
});

test('a long line is cut, and has a mark; the next one is whole', () => {
  const whole = 'x'.repeat(LONGEST_LINE);
  expect(linesOf(`${whole}\n`, whole, `y\nnext\n`)).toEqual([whole, `${whole}${CUT}`, 'next']);
});

test('no half of a character is left where a line is cut', () => {
  const [line] = linesOf(`${'x'.repeat(LONGEST_LINE - 1)}😀\n`);
  expect(line).toBe(`${'x'.repeat(LONGEST_LINE - 1)}${CUT}`);
});

test('what is dropped takes no memory', () => {
  const lines = new Lines();
  const chunk = Buffer.alloc(1_000_000, 'x');
  for (let count = 0; count < 100; count += 1) expect([...lines.take(chunk)]).toEqual([]);
  expect([...lines.rest()]).toEqual([`${'x'.repeat(LONGEST_LINE)}${CUT}`]);
});
