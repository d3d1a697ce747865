import { type Packet, parsePacket } from '#lib/packet/packet.ts';
import type { Frame } from './records.ts';

/** Link types (draft-ietf-opsawg-pcaplinktype), and how many bytes are before an IP packet on these links. */
const ETHERNET = 1;
const RAW: readonly number[] = [12, 14, 101, 228];
const COOKED = 113;
const COOKED_2 = 276;

const IPV4 = 0x0800;
const TAGS: readonly number[] = [0x8100, 0x88a8];
const LEAST = 20;

/** An IPv4 packet in a frame, and how many of its bytes were captured; the others are 0. */
export interface IpInFrame {
  readonly packet: Packet;
  readonly captured: number;
}

/** Undefined when the frame has no IPv4 packet, or its link is unknown. */
export function ipIn({
  bytes,
  length,
  linkType,
}: Pick<Frame, 'bytes' | 'length' | 'linkType'>): IpInFrame | undefined {
  const at = placeOf(bytes, linkType);
  if (at === undefined || bytes.length < at + LEAST) return undefined;
  const captured = bytes.subarray(at);
  const missing = length > bytes.length ? captured.readUInt16BE(2) - captured.length : 0;
  const packet = parsePacket(missing > 0 ? Buffer.concat([captured, Buffer.alloc(missing)]) : captured);
  return packet && { packet, captured: Math.min(captured.length, packet.bytes.length) };
}

function placeOf(bytes: Buffer, linkType: number): number | undefined {
  if (RAW.includes(linkType)) return 0;
  if (linkType === COOKED) return typeAt(bytes, 14) === IPV4 ? 16 : undefined;
  if (linkType === COOKED_2) return typeAt(bytes, 0) === IPV4 ? 20 : undefined;
  if (linkType !== ETHERNET) return undefined;
  let at = 12;
  while (TAGS.includes(typeAt(bytes, at))) at += 4;
  return typeAt(bytes, at) === IPV4 ? at + 2 : undefined;
}

function typeAt(bytes: Buffer, at: number): number {
  return at + 2 <= bytes.length ? bytes.readUInt16BE(at) : 0;
}
