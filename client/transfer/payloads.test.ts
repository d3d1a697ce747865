import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { payloadsByCount, payloadsOfFile, payloadsOfText, UnreadableError } from './payloads.ts';

/** Bytes in one read of a file, rounded up to whole pieces. */
const BLOCK = 64 * 1024;

let directory: string;
let path: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wirelab-'));
  path = join(directory, 'file');
});

afterEach(() => rmSync(directory, { recursive: true }));

function drain(payloads: Iterator<Buffer>): Buffer[] {
  return Array.from({ [Symbol.iterator]: () => payloads });
}

const lengths = (pieces: Buffer[]) => pieces.map(({ length }) => length);

function writeBytes(length: number): Buffer {
  const bytes = Buffer.alloc(length, 'what is in the file\n');
  writeFileSync(path, bytes);
  return bytes;
}

describe('a file', () => {
  test.each([
    ['nothing when it is empty', 0, 4, []],
    ['one piece when it fits', 3, 4, [3]],
    ['a shorter last piece', 10, 4, [4, 4, 2]],
    ['no empty last piece', 8, 4, [4, 4]],
  ])('is %s', (_what, length, size, pieces) => {
    writeBytes(length);
    const payloads = payloadsOfFile(path, size);
    expect(payloads.bytes).toBe(length);
    expect(lengths(drain(payloads))).toEqual(pieces);
    payloads.close();
  });

  test('has full pieces across the blocks in which it is read', () => {
    const bytes = writeBytes(3 * BLOCK);
    const payloads = payloadsOfFile(path, 1_000);
    const pieces = drain(payloads);
    payloads.close();
    expect(new Set(lengths(pieces.slice(0, -1)))).toEqual(new Set([1_000]));
    expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
  });

  test('that becomes shorter ends early', () => {
    const bytes = writeBytes(2 * BLOCK);
    const payloads = payloadsOfFile(path, 1_024);
    const first: Buffer = payloads.next().value;
    truncateSync(path, BLOCK + 100);
    const rest = drain(payloads);
    payloads.close();
    expect(payloads.bytes).toBe(2 * BLOCK);
    expect(Buffer.concat([first, ...rest]).equals(bytes.subarray(0, BLOCK + 100))).toBe(true);
  });

  test('that becomes longer is sent up to its former size', () => {
    const bytes = writeBytes(2 * BLOCK);
    const payloads = payloadsOfFile(path, 1_024);
    writeFileSync(path, 'and more', { flag: 'a' });
    expect(Buffer.concat(drain(payloads)).equals(bytes)).toBe(true);
    payloads.close();
  });

  test("that is missing is reported with the system's reason", () => {
    const read = () => payloadsOfFile(path, 4);
    expect(read).toThrow(UnreadableError);
    expect(read).toThrow(`${path} can't be read: ENOENT: no such file or directory`);
  });

  test('that is a folder is refused', () => {
    const read = () => payloadsOfFile(directory, 4);
    expect(read).toThrow(UnreadableError);
    expect(read).toThrow(`${directory} is not a file`);
  });
});

describe('a text', () => {
  test.each([
    ['is nothing when it is empty', '', []],
    ['is cut into pieces', 'Hello', ['He', 'll', 'o']],
  ])('%s', (_what, text, pieces) => {
    expect(drain(payloadsOfText(text, 2)).map(String)).toEqual(pieces);
  });

  test('is counted and cut as UTF-8', () => {
    const payloads = payloadsOfText('café', 4);
    expect(payloads.bytes).toBe(5);
    expect(drain(payloads)).toEqual([Buffer.from('caf\xc3', 'latin1'), Buffer.from('\xa9', 'latin1')]);
  });
});

test('numbered segments are full, and repeat their number', () => {
  const payloads = payloadsByCount(3, 16);
  expect(payloads.bytes).toBe(48);
  expect(drain(payloads).map(String)).toEqual([
    'segment 1\nsegmen',
    'segment 2\nsegmen',
    'segment 3\nsegmen',
  ]);
});
