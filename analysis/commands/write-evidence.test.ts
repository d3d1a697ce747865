import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { writeEvidence } from './write-evidence.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-evidence-'));
});
afterEach(() => rm(folder, { recursive: true }));

const path = () => join(folder, 'report.json');

async function written() {
  return { text: await readFile(path(), 'utf8'), isForOthers: ((await stat(path())).mode & 0o007) !== 0 };
}

test('a file with decrypted data has the permissions of the keys, also if it was readable before', async () => {
  await writeEvidence(folder, 'report.json', 'plain');
  expect(await written()).toMatchObject({ text: 'plain' });
  await chmod(path(), 0o644);
  await writeFile(join(folder, 'tls.keys'), 'CLIENT_RANDOM');
  await writeEvidence(folder, 'report.json', 'decrypted');
  expect(await written()).toEqual({ text: 'decrypted', isForOthers: false });
});
