import { createReadStream } from 'node:fs';
import { basename } from 'node:path';

/*
 * Blocks of a pcapng file (draft-ietf-opsawg-pcapng, 3 and 4). Comments on a section or a packet are among its options.
 * Each section has its own byte order. Lengths are in bytes.
 */

const SECTION = 0x0a0d0d0a;
const MAGIC = 0x1a2b3c4d;
const INTERFACE = 1;
const PACKET = 6;
const SECRETS = 10;
/** `TLSK`: TLS secrets as a key log. */
const KEY_LOG = 0x544c534b;
/** The blocks that Wireshark counts as frames: three kinds of packets, systemd journal entries, custom blocks. */
const FRAMES: readonly number[] = [PACKET, 2, 3, 9, 0xbad, 0x40000bad];

const END = 0;
const COMMENT = 1;
const TIME_RESOLUTION = 9;
const HEADER = 8;
/** The length of a block is repeated after its body. */
const TRAILER = 4;
/** The least length of each type of block. */
const LEAST = new Map<number, number>([
  [SECTION, 28],
  [INTERFACE, 20],
  [SECRETS, 20],
  [PACKET, 32],
  [2, 32],
  [3, 16],
]);
/** The longest block that Wireshark reads. */
const GREATEST = 16 * 1024 * 1024;

export interface Block {
  readonly type: number;
  readonly bytes: Buffer;
  /** Whether numbers are little-endian. */
  readonly isLittle: boolean;
}

/**
 * Reads the blocks of a file in batches, up to where it breaks off.
 *
 * @param onCut receives the reason if it does
 */
export async function* blocksOf(
  path: string,
  onCut: (why: string) => void = () => undefined,
): AsyncGenerator<Block[]> {
  let rest: Buffer = Buffer.alloc(0);
  let isLittle = true;
  let at = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    const blocks: Block[] = [];
    for (;;) {
      const block = blockAt(rest, isLittle);
      if (block === undefined) break;
      if (block === 'damaged') {
        yield blocks;
        onCut(`${basename(path)} is damaged: the block at byte ${at} has an impossible length`);
        return;
      }
      blocks.push(block);
      isLittle = block.isLittle;
      rest = rest.subarray(block.bytes.length);
      at += block.bytes.length;
    }
    yield blocks;
  }
  if (rest.length > 0) onCut(`${basename(path)} is cut short: the block at byte ${at} has no end`);
}

/**
 * The block that these bytes begin with; undefined if it is incomplete.
 *
 * @param isLittle the byte order of its section
 */
function blockAt(bytes: Buffer, isLittle: boolean): Block | 'damaged' | undefined {
  if (bytes.length < HEADER + TRAILER) return undefined;
  const type = u32(bytes, 0, isLittle);
  const own = type === SECTION ? bytes.readUInt32LE(HEADER) === MAGIC : isLittle;
  const length = u32(bytes, 4, own);
  if (length < (LEAST.get(type) ?? HEADER + TRAILER) || length > GREATEST || length % 4 !== 0)
    return 'damaged';
  if (bytes.length < length) return undefined;
  const block = { type, isLittle: own, bytes: bytes.subarray(0, length) };
  return isWhole(block) ? block : 'damaged';
}

/** Whether its length is repeated at its end, and a packet fits into it. */
function isWhole({ type, bytes, isLittle }: Block): boolean {
  if (u32(bytes, bytes.length - TRAILER, isLittle) !== bytes.length) return false;
  return type !== PACKET || 28 + padded(u32(bytes, 20, isLittle)) + TRAILER <= bytes.length;
}

/** Whether a file begins as pcapng. */
export async function isPcapng(path: string): Promise<boolean> {
  for await (const blocks of blocksOf(path)) return blocks[0] !== undefined && isSection(blocks[0]);
  return false;
}

export function isSection({ type }: Block): boolean {
  return type === SECTION;
}

export function isFrame({ type }: Block): boolean {
  return FRAMES.includes(type);
}

/** Whether a block holds TLS secrets. */
export function isKeyLog({ type, bytes, isLittle }: Block): boolean {
  return type === SECRETS && u32(bytes, HEADER, isLittle) === KEY_LOG;
}

/** A block with a key log, in the byte order of a section. */
export function keyLogBlock(keys: Buffer, { isLittle }: Block): Buffer {
  const bytes = Buffer.alloc(HEADER + 8 + padded(keys.length) + TRAILER);
  const numbers = [SECRETS, bytes.length, KEY_LOG, keys.length] as const;
  for (const [at, number] of numbers.entries()) writeU32(bytes, number, at * 4, isLittle);
  keys.copy(bytes, HEADER + 8);
  writeU32(bytes, bytes.length, bytes.length - TRAILER, isLittle);
  return bytes;
}

/** The comments of a section or a packet; none for other blocks. */
export function commentsOf(block: Block): string[] {
  return optionsOf(block).flatMap(({ code, value }) => (code === COMMENT ? [value.toString()] : []));
}

/** The block with these comments in place of its own. A block that can't have comments stays as it is. */
export function withComments(block: Block, comments: readonly string[]): Buffer {
  const { type, isLittle } = block;
  const from = optionsFrom(block);
  if (from === undefined) return block.bytes;
  const others = optionsOf(block).filter(({ code }) => code !== COMMENT);
  const options = [...comments.map((text) => ({ code: COMMENT, value: Buffer.from(text) })), ...others];
  const end = options.length > 0 ? [{ code: END, value: Buffer.alloc(0) }] : [];
  const encoded = [...options, ...end].map((option) => encodedOption(option, isLittle));
  const bytes = Buffer.concat([block.bytes.subarray(0, from), ...encoded, Buffer.alloc(TRAILER)]);
  writeU32(bytes, bytes.length, 4, isLittle);
  writeU32(bytes, bytes.length, bytes.length - TRAILER, isLittle);
  // The section's length becomes "unknown".
  if (type === SECTION) bytes.fill(0xff, 16, 24);
  return bytes;
}

/** Identifies packets by their times and bytes, also after another program has rewritten the file. */
export class PacketKeys {
  /** Time units per second of each interface of the section. */
  #units: bigint[] = [];

  /** The key of a packet; undefined for other blocks. It must get every block in order. */
  of(block: Block): string | undefined {
    const { type, bytes, isLittle } = block;
    if (type === SECTION) this.#units = [];
    if (type === INTERFACE) this.#units.push(unitsOf(block));
    if (type !== PACKET) return undefined;
    const time = (BigInt(u32(bytes, 12, isLittle)) << 32n) | BigInt(u32(bytes, 16, isLittle));
    const units = this.#units[u32(bytes, 8, isLittle)] ?? 1_000_000n;
    const packet = bytes.subarray(28, 28 + u32(bytes, 20, isLittle));
    return `${(time * 1_000_000_000n) / units} ${packet.toString('latin1')}`;
  }
}

interface Option {
  readonly code: number;
  readonly value: Buffer;
}

function optionsFrom({ type, bytes, isLittle }: Block): number | undefined {
  if (type === SECTION) return 24;
  if (type === INTERFACE) return 16;
  return type === PACKET ? 28 + padded(u32(bytes, 20, isLittle)) : undefined;
}

function optionsOf(block: Block): Option[] {
  const { bytes, isLittle } = block;
  const options: Option[] = [];
  const end = bytes.length - TRAILER;
  for (let at = optionsFrom(block) ?? end; at + 4 <= end; ) {
    const [code, length] = [u16(bytes, at, isLittle), u16(bytes, at + 2, isLittle)];
    if (code === END) break;
    options.push({ code, value: bytes.subarray(at + 4, Math.min(at + 4 + length, end)) });
    at += 4 + padded(length);
  }
  return options;
}

function encodedOption({ code, value }: Option, isLittle: boolean): Buffer {
  const bytes = Buffer.alloc(4 + padded(value.length));
  for (const [at, number] of [code, value.length].entries()) {
    if (isLittle) bytes.writeUInt16LE(number, at * 2);
    else bytes.writeUInt16BE(number, at * 2);
  }
  value.copy(bytes, 4);
  return bytes;
}

/** The resolution is a power of 10, or of 2 if its highest bit is set. */
function unitsOf(block: Block): bigint {
  const power = optionsOf(block).find(({ code }) => code === TIME_RESOLUTION)?.value[0] ?? 6;
  return power & 0x80 ? 2n ** BigInt(power & 0x7f) : 10n ** BigInt(power);
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}

function u16(bytes: Buffer, at: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
}

function u32(bytes: Buffer, at: number, isLittle: boolean): number {
  return isLittle ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
}

function writeU32(bytes: Buffer, number: number, at: number, isLittle: boolean): void {
  if (isLittle) bytes.writeUInt32LE(number, at);
  else bytes.writeUInt32BE(number, at);
}
