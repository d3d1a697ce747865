import { execFileSync } from 'node:child_process';
import { appendFileSync, renameSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { GrowingLines } from './growing-lines.ts';
import { testFolder } from './testing.ts';

/** More looks than there are between two looks at the file itself. */
const LOOKS = 25;

const folder = testFolder();
let path: string;
let lines: GrowingLines;

beforeEach(() => {
  path = join(folder.path, 'echo.log');
  lines = new GrowingLines(path);
});
afterEach(() => lines.close());

async function look(looks = 1): Promise<string[]> {
  const found: string[] = [];
  for (let count = 0; count < looks; count += 1) found.push(...(await lines.poll()));
  return found;
}

test('lines are read once they are whole, also in a file that begins later', async () => {
  expect(await look()).toEqual([]);
  writeFileSync(path, 'one\ntw');
  expect(await look()).toEqual(['one']);
  expect(await look()).toEqual([]);
  appendFileSync(path, 'o\nthree\n');
  expect(await look()).toEqual(['two', 'three']);
});

test('a pipe in the place of a journal is refused, and nobody waits for it', async () => {
  execFileSync('mkfifo', [path]);
  await expect(look()).rejects.toThrow(`${path} is no regular file`);
});

test('a character may be cut anywhere', async () => {
  const bytes = Buffer.from('€\n');
  writeFileSync(path, bytes.subarray(0, 1));
  await look();
  appendFileSync(path, bytes.subarray(1));
  expect(await look()).toEqual(['€']);
});

test('a deleted journal begins again', async () => {
  writeFileSync(path, 'one\n');
  await look();
  unlinkSync(path);
  writeFileSync(path, 'two\n');
  expect(await look(LOOKS)).toEqual(['two']);
});

test('a journal that got another name goes on, whatever has its name', async () => {
  writeFileSync(path, 'one\n');
  await look();
  renameSync(path, join(folder.path, 'kept'));
  writeFileSync(path, 'of another program\n');
  appendFileSync(join(folder.path, 'kept'), 'two\n');
  expect(await look(LOOKS)).toEqual(['two']);
});

test('a journal that was cut goes on at its new end', async () => {
  writeFileSync(path, 'one\ntwo\n');
  await look();
  truncateSync(path, 2);
  expect(await look(LOOKS)).toEqual([]);
  appendFileSync(path, '\nthree\n');
  expect(await look(LOOKS)).toEqual(['', 'three']);
});
