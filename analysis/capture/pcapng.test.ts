import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ownCommentsIn } from '#analysis/annotate/own-comments.ts';
import {
  type Block,
  blocksOf,
  commentsOf,
  isFrame,
  isKeyLog,
  isPcapng,
  keyLogBlock,
  PacketKeys,
  withComments,
} from './pcapng.ts';

type Order = 'little' | 'big';

/** A block with a body of 32-bit numbers and bytes. */
function block(type: number, order: Order, ...body: (number | Buffer)[]): Buffer {
  const u32 = (number: number) => {
    const bytes = Buffer.alloc(4);
    if (order === 'little') bytes.writeUInt32LE(number);
    else bytes.writeUInt32BE(number);
    return bytes;
  };
  const parts = body.map((part) => (typeof part === 'number' ? u32(part) : part));
  const length = u32(Buffer.concat(parts).length + 12);
  return Buffer.concat([u32(type), length, ...parts, length]);
}

const section = (order: Order) => block(0x0a0d0d0a, order, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff);
const ethernet = (order: Order) => block(1, order, 1, 0);
const packet = (order: Order, time: number, text: string) =>
  block(
    6,
    order,
    0,
    0,
    time,
    text.length,
    text.length,
    Buffer.from(text.padEnd(Math.ceil(text.length / 4) * 4)),
  );

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pcapng-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function file(...parts: Buffer[]): Promise<string> {
  const path = join(folder, 'a.pcapng');
  await writeFile(path, Buffer.concat(parts));
  return path;
}

async function read(...parts: Buffer[]): Promise<Block[]> {
  const blocks: Block[] = [];
  for await (const some of blocksOf(await file(...parts))) blocks.push(...some);
  return blocks;
}

describe.each(['little', 'big'] as const)('a %s-endian file', (order) => {
  const all = [section(order), ethernet(order), packet(order, 7, 'Hey!')];

  test('is read block by block', async () => {
    const blocks = await read(...all);
    expect(blocks.map((one) => one.bytes)).toEqual(all);
    expect(blocks.map(isFrame)).toEqual([false, false, true]);
    expect(await isPcapng(await file(...all))).toBe(true);
  });

  test('keeps comments on sections and packets', async () => {
    const [head, , one] = await read(...all);
    const made = [withComments(head!, ['about']), all[1]!, withComments(one!, ['first', 'Grüße\nagain'])];
    const [newHead, , newOne] = await read(...made);
    expect([commentsOf(newHead!), commentsOf(newOne!)]).toEqual([['about'], ['first', 'Grüße\nagain']]);
    expect(withComments(newOne!, [])).toEqual(all[2]);
  });

  test('keeps a key log', async () => {
    const [head] = await read(...all);
    const [, keys] = await read(all[0]!, keyLogBlock(Buffer.from('CLIENT_RANDOM 00 00\n'), head!));
    expect(isKeyLog(keys!)).toBe(true);
    expect(keys!.bytes.length % 4).toBe(0);
    expect(isFrame(keys!)).toBe(false);
  });

  test('is read up to where it breaks off', async () => {
    expect(await read(...all, Buffer.from('000000'))).toHaveLength(3);
    expect(await read(...all, Buffer.alloc(12))).toHaveLength(3);
    expect(await isPcapng(await file(Buffer.from('d4c3b2a1020004000000000000000000', 'hex')))).toBe(false);
    expect(await isPcapng(await file())).toBe(false);
  });
});

/** A block with another length, at its begin and at its end. */
function ofLength(bytes: Buffer, begin: number, end = begin): Buffer {
  const copy = Buffer.from(bytes);
  copy.writeUInt32LE(begin, 4);
  copy.writeUInt32LE(end, copy.length - 4);
  return copy;
}

describe('a damaged file is read up to the damage, with the reason, for', () => {
  const all = [section('little'), ethernet('little'), packet('little', 7, 'Hey!')];
  const one = all[2]!;
  const longer = Buffer.from(one);
  longer.writeUInt32LE(1_000, 20);
  const why = /^a\.pcapng is damaged: the block at byte 84 has an impossible length$/;

  test.each<[string, Buffer, RegExp]>([
    ['a length that no block has', ofLength(one, 0x7ffffffc), why],
    ['another length at the end', ofLength(one, one.length, one.length + 4), why],
    ['a length that is no whole number of words', ofLength(one, 33), why],
    ['a packet without its fields', block(6, 'little', 0), why],
    ['a packet that is longer than its block', longer, why],
    ['an interface without its fields', block(1, 'little'), why],
    ['secrets without their kind', block(10, 'little'), why],
    ['a section without its fields', block(0x0a0d0d0a, 'little', 0x1a2b3c4d), why],
    [
      'an end that is missing',
      one.subarray(0, 20),
      /^a\.pcapng is cut short: the block at byte 84 has no end$/,
    ],
  ])('%s', async (_what, damaged, expected) => {
    const path = await file(...all, damaged);
    const reasons: string[] = [];
    const keys = new PacketKeys();
    let found = 0;
    for await (const blocks of blocksOf(path, (reason) => reasons.push(reason))) {
      for (const each of blocks) keys.of(each);
      found += blocks.length;
    }
    expect([found, reasons]).toEqual([3, [expect.stringMatching(expected)]]);
    await expect(ownCommentsIn(path)).resolves.toBeDefined();
  });
});

test('a packet is identified by its time and bytes, also in a rewritten file', async () => {
  const keysOf = async (...parts: Buffer[]) => {
    const keys = new PacketKeys();
    return (await read(...parts)).flatMap((one) => keys.of(one) ?? []);
  };
  const resolution = (power: number) => Buffer.from([9, 0, 1, 0, power, 0, 0, 0, 0, 0, 0, 0]);
  const [micro] = await keysOf(section('little'), ethernet('little'), packet('little', 7, 'Hey!'));
  const nano = [section('big'), block(1, 'big', 1, 0, Buffer.from([0, 9, 0, 1, 9, 0, 0, 0, 0, 0, 0, 0]))];
  expect(await keysOf(...nano, packet('big', 7_000, 'Hey!'))).toEqual([micro]);
  expect(
    await keysOf(section('little'), block(1, 'little', 1, 0, resolution(9)), packet('little', 7, 'Hey!')),
  ).not.toEqual([micro]);
});

test("a person's own comments are separated from those of make annotate", async () => {
  const [head, device, one] = await read(section('little'), ethernet('little'), packet('little', 7, 'Hey!'));
  const ours =
    'outcome=timeout, seed alice, draw 1; http.log entry 4; no response was sent before the connection ended in frame 12';
  const path = await file(
    withComments(head!, [
      'wirelab, capture of the server host\nserver host 10.0.28.182: http 8080/tcp\nmy run',
      'mine',
    ]),
    device!.bytes,
    withComments(one!, [ours, `${ours}\nsee question 3`, `${ours} (why?)`, 'mine too']),
  );
  const { ofCapture, ofPackets } = await ownCommentsIn(path);
  expect([...ofCapture]).toEqual(['my run', 'mine']);
  expect([...ofPackets.values()]).toEqual([['see question 3', `${ours} (why?)`, 'mine too']]);
});
