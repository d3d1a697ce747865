import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { isCapture, scanPcap } from './pcap-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-pcap-'));
});
afterAll(() => rm(folder, { recursive: true }));

const head = Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex');
const record = (second: number, length: number) => {
  const bytes = Buffer.alloc(16 + length);
  for (const [index, value] of [second, 250_000, length, length].entries())
    bytes.writeUInt32LE(value, 4 * index);
  return bytes;
};
const fileOf = async (...parts: Buffer[]) => {
  const path = join(folder, 'a.pcap');
  await writeFile(path, Buffer.concat(parts));
  return path;
};

test('whole records are counted, however many there are', async () => {
  const path = await fileOf(head, record(7, 60), record(8, 65_535));
  expect(await scanPcap(path)).toEqual({ frames: 2, began: 7.25, head, end: 24 + 76 + 65_551 });
  const many = await fileOf(head, ...Array.from({ length: 40_000 }, (_, index) => record(index, 50)));
  expect(await scanPcap(many)).toMatchObject({ frames: 40_000, end: 24 + 40_000 * 66 });
});

test('a record that is being written does not count yet', async () => {
  const path = await fileOf(head, record(7, 60), record(8, 60).subarray(0, 40));
  expect(await scanPcap(path)).toMatchObject({ frames: 1, end: 100 });
  const early = await fileOf(head, record(7, 60).subarray(0, 10));
  expect(await scanPcap(early)).toMatchObject({ frames: 0, began: undefined, end: 24 });
});

test('a capture is known by how it begins', async () => {
  expect(await isCapture(await fileOf(head))).toBe(true);
  expect(await isCapture(await fileOf(Buffer.from('0a0d0d0a00000000', 'hex')))).toBe(true);
  expect(await isCapture(await fileOf())).toBe(true);
  expect(await scanPcap(await fileOf())).toBeUndefined();
  const text = await fileOf(Buffer.from('no capture at all, but as long as one'));
  expect(await isCapture(text)).toBe(false);
  expect(await scanPcap(text)).toBeUndefined();
});
