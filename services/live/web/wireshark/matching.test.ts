import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { RawFrame } from '../../feed/feed.ts';
import { packetOf } from '../testing.ts';
import { Matching } from './matching.ts';

/** Reads pcapng as tshark does. Markers match, and frames with an x. Its filter is one of two that end it. */
const FAKE = `#!${process.execPath}
  const filter = process.argv[process.argv.indexOf('-Y') + 1];
  if (filter.startsWith('(broken)')) {
    console.error('tshark: no room');
    process.exit(2);
  }
  let rest = Buffer.alloc(0);
  let number = 0;
  process.stdin.on('data', (bytes) => {
    rest = Buffer.concat([rest, bytes]);
    while (rest.length >= 8 && rest.length >= rest.readUInt32LE(4)) {
      const length = rest.readUInt32LE(4);
      if (rest.readUInt32LE(0) === 6) {
        number += 1;
        if (rest.readUInt32LE(12) === 0 && rest.readUInt32LE(16) === 0) process.exit(3);
        if (rest.readUInt32LE(8) === 0 || rest.subarray(28, length).includes('x')) console.log(number);
      }
      rest = rest.subarray(length);
    }
  });`;

let folder: string;
let program: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  program = join(folder, 'tshark');
  await writeFile(program, FAKE);
  await chmod(program, 0o755);
});
afterEach(() => rm(folder, { recursive: true }));

const raw = (text: string): RawFrame => ({
  ...{ host: 'client', bytes: Buffer.from(text), length: text.length, linkType: 1, time: 1 },
});
const packet = (id: number, ...texts: readonly string[]) => packetOf(id, {}, texts.map(raw));

/** Collects what it decides, up to a number of batches. */
function matching(filter: string, batches: number) {
  const decided: (readonly [matching: readonly number[], upTo: number])[] = [];
  const all = Promise.withResolvers<typeof decided>();
  const ended = Promise.withResolvers<string | undefined>();
  const one = new Matching({
    ...{ program, environment: { PATH: process.env.PATH }, filter },
    onDecided(ids, upTo) {
      decided.push([ids, upTo]);
      if (decided.length === batches) all.resolve(decided);
    },
    onEnd: ended.resolve,
  });
  return { one, all: all.promise, ended: ended.promise };
}

test('decides each batch, by the frame of the sender', async () => {
  const { one, all, ended } = matching('tcp', 3);
  one.write([packet(7, 'a x'), packet(8, 'b'), packet(9, 'c', 'x')]);
  one.write([packet(10, 'd')]);
  one.write([packet(11), packet(12, 'x', 'e')]);
  expect(one.frames).toBe(8);
  expect(await all).toEqual([
    [[7], 9],
    [[], 10],
    [[12], 12],
  ]);
  expect(one.frames).toBe(8);
  one.finish();
  expect(await ended).toBeUndefined();
});

test('takes nothing more while too much waits', async () => {
  const { one, ended } = matching('tcp', 1);
  const large = packet(1, 'a'.repeat(17 * 1024 * 1024));
  expect([one.write([large]), one.write([large])]).toEqual([true, false]);
  one.end();
  await ended;
});

test('says why it has failed', async () => {
  const { ended } = matching('broken', 1);
  expect(await ended).toBe('tshark: no room');
});

test('ends at once with what belongs to it', async () => {
  const { one, ended } = matching('tcp', 1);
  one.end();
  expect(await ended).toBe('tshark ended with null');
  one.end();
});
