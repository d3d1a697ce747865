import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Block, blocksOf, isPcapng, PacketKeys } from '#analysis/capture/pcapng.ts';
import type { RawFrame } from '../../feed/feed.ts';
import { FramesFile } from './frames-file.ts';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  path = join(folder, 'frames.pcapng');
});
afterEach(() => rm(folder, { recursive: true }));

const raw = (text: string, linkType = 1, length = text.length): RawFrame => ({
  ...{ host: 'client', bytes: Buffer.from(text), length, linkType, time: 1_795_953_696.956895 },
});

async function written(...parts: readonly Buffer[]): Promise<Block[]> {
  await writeFile(path, Buffer.concat(parts));
  const blocks: Block[] = [];
  const onCut = (why: string) => {
    throw new Error(why);
  };
  for await (const batch of blocksOf(path, onCut)) blocks.push(...batch);
  return blocks;
}

/** Number of the interface, captured length, length and bytes of each packet. */
function packetsIn(blocks: readonly Block[]) {
  return blocks
    .filter(({ type }) => type === 6)
    .map(({ bytes }) => {
      const captured = bytes.readUInt32LE(20);
      return [
        bytes.readUInt32LE(8),
        captured,
        bytes.readUInt32LE(24),
        bytes.toString('latin1', 28, 28 + captured),
      ];
    });
}

test('is a pcapng file with frames of any link type', async () => {
  const file = new FramesFile();
  const parts = [
    file.head(),
    file.frame(raw('one')),
    file.frame(raw('in short', 101, 90)),
    file.frame(raw('two')),
  ];
  const blocks = await written(...parts);
  expect(await isPcapng(path)).toBe(true);
  const interfaces = blocks.filter(({ type }) => type === 1);
  expect(interfaces.map(({ bytes }) => bytes.readUInt16LE(8))).toEqual([1, 1, 101]);
  expect(packetsIn(blocks)).toEqual([
    [1, 3, 3, 'one'],
    [2, 8, 90, 'in short'],
    [1, 3, 3, 'two'],
  ]);
});

test('keeps the time of a frame to the microsecond', async () => {
  const file = new FramesFile();
  const keys = new PacketKeys();
  const blocks = await written(file.head(), file.frame(raw('one')));
  const times = blocks.flatMap((block) => keys.of(block)?.split(' ')[0] ?? []);
  expect(times).toEqual(['1795953696956895000']);
});

test('a marker is on an interface that no frame has, and has the time of its neighbour', async () => {
  const file = new FramesFile();
  const blocks = await written(file.head(), file.frame(raw('one')), file.marker(raw('one').time));
  expect(packetsIn(blocks).map(([id]) => id)).toEqual([1, 0]);
  const [frame, marker] = blocks
    .filter(({ type }) => type === 6)
    .map(({ bytes }) => bytes.toString('hex', 12, 20));
  expect(marker).toBe(frame);
});
