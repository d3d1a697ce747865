import fs from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import { openKeyLog } from './key-log.ts';

let folder: string;
let path: string;
let warnings: string[];

const log = { warn: (text: string) => warnings.push(text) } as unknown as Log;
const line = (name: string) => Buffer.from(`CLIENT_RANDOM ${name} 00\n`);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  path = join(folder, 'tls.keys');
  warnings = [];
});

afterEach(() => rm(folder, { recursive: true }));

test('adds lines at the end, as another server may do at the same time', async () => {
  await writeFile(path, line('before'));
  const [one, other] = [openKeyLog(path, log), openKeyLog(path, log)];
  one.write(line('one'));
  other.write(line('other'));
  one.write(line('one more'));
  expect(await readFile(path, 'utf8')).toBe(
    ['before', 'one', 'other', 'one more'].map((name) => String(line(name))).join(''),
  );
  expect(warnings).toEqual([]);
});

test.each([
  ['opened', '/dev/null/tls.keys', 'ENOTDIR'],
  ['written', '/dev/full', 'ENOSPC'],
])('warns once, without the key, when it can not be %s', (_done, bad, code) => {
  const keys = openKeyLog(bad, log);
  for (let count = 0; count < 3; count += 1) keys.write(line('secret'));
  expect(warnings).toEqual([expect.stringContaining(code)]);
  expect(warnings[0]).not.toContain('secret');
  expect(keys.check()).toContain(code);
});

test('continues in a new file when the old one was deleted, and keeps the lines until then', async () => {
  const folderOfKeys = join(folder, 'keys');
  await mkdir(folderOfKeys);
  const keys = openKeyLog(join(folderOfKeys, 'tls.keys'), log);
  keys.write(line('one'));
  await rm(folderOfKeys, { recursive: true });
  keys.write(line('two'));
  keys.write(line('three'));
  expect(keys.check()).toContain('ENOENT');
  await mkdir(folderOfKeys);
  expect(keys.check()).toBeUndefined();
  keys.write(line('four'));
  expect(await readFile(join(folderOfKeys, 'tls.keys'), 'utf8')).toBe(
    ['two', 'three', 'four'].map((name) => String(line(name))).join(''),
  );
});

/** Counts the writes of an action, and cuts the first of them off after a number of bytes. */
function writesOf(act: () => void, firstBytes?: number): number {
  const { writeSync } = fs;
  const write = jest.spyOn(fs as { writeSync: (file: number, bytes: Buffer) => number }, 'writeSync');
  syncBuiltinESMExports();
  try {
    if (firstBytes) write.mockImplementationOnce((file, bytes) => writeSync(file, bytes, 0, firstBytes));
    act();
    return write.mock.calls.length;
  } finally {
    write.mockRestore();
    syncBuiltinESMExports();
  }
}

/** A key log with 1,000 waiting lines, and the content that its file must get. */
async function withWaiting() {
  const folderOfKeys = join(folder, 'keys');
  const keys = openKeyLog(join(folderOfKeys, 'tls.keys'), log);
  const names = Array.from({ length: 1_000 }, (_, index) => `key${index}`);
  for (const name of names) keys.write(line(name));
  await mkdir(folderOfKeys);
  return { keys, lines: names.map((name) => String(line(name))), file: join(folderOfKeys, 'tls.keys') };
}

test('lines that wait are written together', async () => {
  const { keys, lines, file } = await withWaiting();
  expect(writesOf(() => keys.check())).toBeLessThan(10);
  expect(await readFile(file, 'utf8')).toBe(lines.join(''));
});

test('after a write that was cut off each line is there, and one is there in part too', async () => {
  const { keys, lines, file } = await withWaiting();
  const whole = lines.slice(0, 3).join('');
  writesOf(() => keys.check(), whole.length + 5);
  expect(await readFile(file, 'utf8')).toBe(`${whole}CLIEN\n${lines.slice(3).join('')}`);
});

test('a line that was cut off is written once more, on a line of its own', async () => {
  const keys = openKeyLog(path, log);
  writesOf(() => keys.write(line('one')), 5);
  expect(await readFile(path, 'utf8')).toBe(`CLIEN\n${line('one')}`);
});
