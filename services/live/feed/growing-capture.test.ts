import { appendFileSync, mkdirSync, renameSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CaptureLostError, GrowingCapture, timeOfNewest } from './growing-capture.ts';
import { pcapHead, pcapRecord } from './records.ts';
import { testFolder } from './testing.ts';

const ALL = 2 ** 20;
/** More looks than there are between two looks at the names of files. */
const LOOKS = 12;

const folder = testFolder();
let capture: GrowingCapture;

beforeEach(() => {
  capture = new GrowingCapture(folder.path, 'server');
});
afterEach(() => capture.close());

const pathOf = (name: string) => join(folder.path, name);

/** A frame whose only byte is its number; its time is that many seconds. */
function record(number: number): Buffer {
  const bytes = Buffer.from([number & 255]);
  return pcapRecord({ seconds: number, nanoseconds: 0, time: number, bytes, length: 1, linkType: 1 });
}

function write(name: string, ...numbers: readonly number[]): void {
  writeFileSync(pathOf(name), Buffer.concat([pcapHead(1), ...numbers.map(record)]));
}

function append(name: string, ...numbers: readonly number[]): void {
  appendFileSync(pathOf(name), Buffer.concat(numbers.map(record)));
}

/** The times and numbers of the frames that are found now. */
async function look(looks = 1): Promise<string[]> {
  const found: string[] = [];
  for (let count = 0; count < looks; count += 1) {
    for (const { number, time } of await capture.poll(ALL)) found.push(`${number} at ${time}`);
  }
  return found;
}

test('a capture is read as it grows, also when it begins later', async () => {
  expect(await look()).toEqual([]);
  expect([capture.isThere, capture.isAtEnd]).toEqual([false, true]);
  write('server.pcap', 1);
  expect(await look()).toEqual(['1 at 1']);
  expect(await look()).toEqual([]);
  append('server.pcap', 2, 3);
  expect(await look()).toEqual(['2 at 2', '3 at 3']);
  expect(capture.latest).toBe(3);
});

test('a frame is read once all of it is there', async () => {
  write('server.pcap');
  const bytes = record(1);
  appendFileSync(pathOf('server.pcap'), bytes.subarray(0, 9));
  expect(await look()).toEqual([]);
  appendFileSync(pathOf('server.pcap'), bytes.subarray(9));
  expect(await look()).toEqual(['1 at 1']);
});

test('the files of a ring are read in their order, and their frames are numbered through all of them', async () => {
  write('server.0009.pcap', 1, 2);
  write('server.10000.pcap', 3);
  write('server.pcap', 4);
  write('client.pcap', 5);
  expect(await look()).toEqual(['1 at 1', '2 at 2', '3 at 3', '4 at 4']);
});

test('a full file is read to its end when it has got its number, and the next one after it', async () => {
  write('server.pcap', 1);
  await look();
  append('server.pcap', 2);
  renameSync(pathOf('server.pcap'), pathOf('server.0001.pcap'));
  // For a moment there is no newest file.
  expect(await look()).toEqual(['2 at 2']);
  append('server.0001.pcap', 3);
  write('server.0002.pcap', 4);
  write('server.pcap', 5);
  expect(await look(LOOKS)).toEqual(['3 at 3', '4 at 4', '5 at 5']);
});

test('a torn frame at the end of a full file is passed over', async () => {
  write('server.pcap', 1);
  appendFileSync(pathOf('server.pcap'), record(2).subarray(0, 10));
  await look();
  renameSync(pathOf('server.pcap'), pathOf('server.0001.pcap'));
  write('server.pcap', 3);
  expect(await look(LOOKS)).toEqual(['2 at 3']);
});

test('frames from before a time are counted and passed over, until the first later one', async () => {
  write('server.pcap', 1, 2, 3);
  capture.skipTo(3);
  expect(await look()).toEqual(['3 at 3']);
  expect(capture.skipped).toBe(2);
  // The clock was set back.
  append('server.pcap', 1);
  expect(await look()).toEqual(['4 at 1']);
  expect(capture.isSkipping).toBe(false);
});

test('a damaged file is read up to the damage, and the next one from its begin', async () => {
  write('server.pcap', 1);
  appendFileSync(pathOf('server.pcap'), Buffer.alloc(16, 255));
  expect(await look(LOOKS)).toEqual(['1 at 1']);
  expect(capture.broken).toMatch(/^a frame of it claims 4294967295 bytes/);
  renameSync(pathOf('server.pcap'), pathOf('server.0001.pcap'));
  write('server.pcap', 2);
  expect(await look(LOOKS)).toEqual(['2 at 2']);
  expect(capture.broken).toBeUndefined();
});

test('a file that was cut is not read any further', async () => {
  write('server.pcap', 1, 2);
  await look();
  truncateSync(pathOf('server.pcap'), 30);
  expect(await look(LOOKS)).toEqual([]);
  expect(capture.broken).toMatch(/^it was cut from 58 to 30 bytes$/);
});

test.each([
  ['deleted', () => unlinkSync(pathOf('server.pcap'))],
  [
    'moved to the archive',
    () => {
      mkdirSync(pathOf('archive'));
      renameSync(pathOf('server.pcap'), pathOf('archive/server.pcap'));
    },
  ],
  [
    'replaced',
    () => {
      write('other', 9);
      renameSync(pathOf('other'), pathOf('server.pcap'));
    },
  ],
] as const)('a file that was %s ends the capture with an error', async (_, act) => {
  write('server.pcap', 1);
  await look();
  act();
  await expect(look(LOOKS)).rejects.toThrow(new CaptureLostError('server.pcap was moved or deleted'));
});

test('the time of the newest frames is found in the whole ring', async () => {
  const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => from + at);
  write('server.0001.pcap', ...numbers(1, 2_501));
  write('server.pcap', ...numbers(2_501, 4_001));
  expect(await timeOfNewest(folder.path, 'server', 1_500)).toBe(2_001);
  expect(await timeOfNewest(folder.path, 'server', 4_001)).toBe(Number.NEGATIVE_INFINITY);
  expect(await timeOfNewest(folder.path, 'client', 10)).toBe(Number.NEGATIVE_INFINITY);
});
