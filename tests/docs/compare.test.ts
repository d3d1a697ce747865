import { describe, expect, test } from '@jest/globals';
import { align, differenceOf, rewritten } from './compare.ts';
import { masked } from './masks.ts';

describe('two lines are the same', () => {
  test.each([
    [
      '    seed         4f1c22ab (drawn; the same run again: LAB_SEED=4f1c22ab make up)',
      '    seed         alice (LAB_SEED)',
    ],
    ['"timestamp":"2026-11-22T01:29:41.424Z"', '"timestamp":"2026-01-02T11:29:41Z"'],
    ['captures/archive/2026-11-22T012941Z-first/', 'captures/archive/2027-11-22T012942Z-first/'],
    ['Date: Sun, 22 Nov 2026 06:54:20 GMT\\r\\n', 'Date: Mon, 23 Nov 2026 07:54:20 GMT\\r\\n'],
    ['"epoch":1795330461.116471', '"epoch":1795330462.5'],
    [
      'TCP 10.0.142.133:58438 → 10.0.28.182:9090, 10 frames, from 0.000066',
      'TCP 10.0.142.133:32768 → 10.0.28.182:9090, 11 frames, from 12.100066',
    ],
    [
      '[CLIENT] Transfer eeffb83f: 1,000 bytes in 18.71 s',
      '[CLIENT] Transfer 00000001: 1,000 bytes in 3.5 s',
    ],
    ['DATA id=febbd59c', 'DATA id=01234567'],
    ['  16 → 18          fault=none, draw 1', '  4 7 → 12 15      fault=none, draw 1'],
    ['! - → 122          fault=none', '! - → 3   fault=none'],
    ['  3 → -   fault=loss', '  4 5 → -   fault=loss'],
    ['     3     0.000066  10.0.142.133  TCP  74', '    13     1.200066  10.0.142.133  TCP  74'],
    [
      'Exposed in plain text: 3 bodies (frames 6, 9, 18), 1 password (frame 16: alice:secret)',
      'Exposed in plain text: 3 bodies (frames 7), 1 password (frame 1: alice:secret)',
    ],
    ['535 packets arrived, one way in 17 µs (median)', '5 packets arrived, one way in 1.5 ms (median)'],
    ['make: *** [Makefile:66: echo] Error 1', 'make: *** [Makefile:7: echo] Error 1'],
    ['User-Agent: curl/8.14.1\\r\\n', 'User-Agent: curl/8.15.0\\r\\n'],
    ['ACK Win=64512 Len=6 TSval=1 TSecr=2', 'ACK Win=65536 Len=6 TSval=3 TSecr=4'],
  ])('%s', (one, other) => {
    expect(masked(one)).toBe(masked(other));
  });
});

describe('two lines differ', () => {
  test.each([
    ['10.0.28.182:9090', '10.0.28.183:9090'],
    ['fault=delay 821.2 ms, draw 1', 'fault=delay 821.3 ms, draw 1'],
    ['draw 1; echo.log entry 3', 'draw 1; echo.log entry 4'],
    ['/getbalance response status code: 200', '/getbalance response status code: 403'],
    ['Hey|e4599fa9', 'Hey|e4599fa8'],
    ['6 bytes', '7 bytes'],
    ['40000 bytes', '59999 bytes'],
    ['timeout: 50 ms', 'timeout: 900 ms'],
    ['  6 → 8   fault=loss', '  99 → -   fault=loss'],
    ['! - → 122   fault=none', '! 3 → -   fault=none'],
    ['       0000   54 65 73 74 31 0a   Test1.', '       0000   54 65 73 74 32 0a   Test2.'],
  ])('%s, %s', (one, other) => {
    expect(masked(one)).not.toBe(masked(other));
  });
});

const differ = (page: string, printed: string) => differenceOf(align(page.split('\n'), printed.split('\n')));
const rewrite = (page: string, printed: string) =>
  rewritten(align(page.split('\n'), printed.split('\n'))).join('\n');

describe('lines of a page and those that were printed', () => {
  test('are the same, but for masks and what is left out', () => {
    expect(differ('a\nb', '\na\nb\n\n')).toBeUndefined();
    expect(differ('a\n…\nd', 'a\nb\nc\nd')).toBeUndefined();
    expect(differ('a\n…\nd', 'a\nd')).toBeUndefined();
    expect(differ('…\nd', 'a\nd\nb\nd')).toBeUndefined();
    expect(differ('in 3.1 s … (b.c)', 'in 4.2 s or more (b.c)')).toBeUndefined();
    expect(differ('  … → …   none in 3.1 s', '  5 6 → 8   none in 4.2 s')).toBeUndefined();
    expect(differ('No. …, 6', 'No. 1 of 3 packets, 6')).toBeUndefined();
    expect(differ('transfer 01234567 in … s …', 'transfer 76543210 in 4.2 s')).toBeUndefined();
    expect(differ('frame 103, … s after frame 99', 'frame 101, 1.0070 s after frame 97')).toBeUndefined();
    expect(differ('…', '')).toBeUndefined();
  });

  test('are told line by line where they differ', () => {
    expect(differ('a\nb\nc', 'a\nx\nc')).toBe('  a\n- b\n+ x\n  c');
    expect(differ('a\nb', 'a')).toBe('  a\n- b');
    expect(differ('a', 'a\nb')).toBe('  a\n+ b');
    expect(differ('a\n…\nz', 'a\nb\nc')).toContain('- z');
    expect(differ('b.c', 'bxc')).toBe('- b.c\n+ bxc');
  });

  test('make a page right, and its elisions stay', () => {
    expect(rewrite('at 3.1 s\nb\n…\nlast line of 2', 'at 4.2 s\nx\nc\nd\nlast line of 3')).toBe(
      'at 3.1 s\nx\n…\nlast line of 3',
    );
    expect(rewrite('one … three\ntwo', 'one two three\n2')).toBe('one … three\n2');
    expect(rewrite('a\nb', 'a')).toBe('a');
    expect(rewrite('a', 'a\nb')).toBe('a\nb');
  });
});
