import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Log } from '../log.ts';
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
  one(line('one'));
  other(line('other'));
  one(line('one more'));
  expect(await readFile(path, 'utf8')).toBe(
    ['before', 'one', 'other', 'one more'].map((name) => String(line(name))).join(''),
  );
  expect(warnings).toEqual([]);
});

test.each([
  ['opened', '/dev/null/tls.keys', 'ENOTDIR'],
  ['written', '/dev/full', 'ENOSPC'],
])('warns once, without the key, when it can not be %s', (_done, bad, code) => {
  const write = openKeyLog(bad, log);
  for (let count = 0; count < 3; count += 1) write(line('secret'));
  expect(warnings).toEqual([expect.stringContaining(code)]);
  expect(warnings[0]).not.toContain('secret');
});
