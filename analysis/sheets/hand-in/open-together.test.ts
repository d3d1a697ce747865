import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { SheetError } from '../sheet/sheet-error.ts';
import { openTogether } from './open-together.ts';
import { closeAll } from './write-archive.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'open-together-'));
  for (const name of ['server.0001.pcap', 'server.0002.pcap', 'server.pcap'])
    await writeFile(join(folder, name), name);
});
afterEach(() => rm(folder, { recursive: true }));

/** What is opened when the folder is listed like this, one time after another, the last time for ever. */
async function openedWith(...lists: readonly string[][]): Promise<string[]> {
  const left = [...lists];
  const files = await openTogether(folder, async () => (left.length > 1 ? left.shift()! : left[0]!));
  await closeAll(files);
  return files.map(({ name }) => name);
}

test('a file that is gone is looked for in a new list', async () => {
  const opened = await openedWith(['server.0000.pcap', 'server.pcap'], ['server.0001.pcap', 'server.pcap']);
  expect(opened).toEqual(['server.0001.pcap', 'server.pcap']);
});

test('a file that got a number meanwhile is not left out', async () => {
  const opened = await openedWith(
    ['server.0001.pcap', 'server.pcap'],
    ['server.0001.pcap', 'server.0002.pcap', 'server.pcap'],
  );
  expect(opened).toEqual(['server.0001.pcap', 'server.0002.pcap', 'server.pcap']);
});

test('a file that is missing for a moment is looked for again, and one that stays away is named', async () => {
  const missing = () => Promise.reject(new SheetError('the run has no server.pcap'));
  const lists = [missing, async () => ['server.pcap']];
  const files = await openTogether(folder, () => (lists.length > 1 ? lists.shift()! : lists[0]!)());
  await closeAll(files);
  expect(files.map(({ name }) => name)).toEqual(['server.pcap']);
  await expect(openTogether(folder, missing)).rejects.toThrow('the run has no server.pcap');
});

test('files that change without end are no hand-in', async () => {
  await expect(openedWith(['server.0000.pcap'])).rejects.toThrow(
    'the captures change while they are read; cure: wait until nothing is sent any more, or make down; then hand in again',
  );
});

test('another error is told as it is', async () => {
  await expect(openedWith(['server.pcap/under'])).rejects.toThrow('ENOTDIR');
});
