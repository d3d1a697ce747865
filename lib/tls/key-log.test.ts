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

test('adds lines behind what is there, as another server may do at the same time', async () => {
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

test('goes on in a file of its name when that was deleted, and keeps what found no way until then', async () => {
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

/** Counts the writes of an action, and lets the first of them be cut off after so many bytes. */
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

/** A key log for which 1,000 lines wait, and all that is to be in its file. */
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

test('of lines that were cut off together each is there, and one twice begun', async () => {
  const { keys, lines, file } = await withWaiting();
  const whole = lines.slice(0, 3).join('');
  writesOf(() => keys.check(), whole.length + 5);
  expect(await readFile(file, 'utf8')).toBe(`${whole}CLIEN\n${lines.slice(3).join('')}`);
});

test('a line that was cut off is written again, as a line of its own', async () => {
  const keys = openKeyLog(path, log);
  writesOf(() => keys.write(line('one')), 5);
  expect(await readFile(path, 'utf8')).toBe(`CLIEN\n${line('one')}`);
});
