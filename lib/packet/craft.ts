import { changedChecksum, checksum, sum16 } from './checksum.ts';
import { type Packet, PROTOCOL_NUMBERS, TCP_FLAGS } from './packet.ts';

const IPV4_HEADER = 20;

/** Types of IP options, and the bit of those that every fragment has (RFC 791, 3.1). */
const END_OF_OPTIONS = 0;
const NO_OPERATION = 1;
const COPIED = 0x80;

/** Where the checksum is in the header of each protocol. */
const CHECKSUM_AT: Readonly<Record<Packet['protocol'], number | undefined>> = {
  tcp: 16,
  udp: 6,
  icmp: 2,
  other: undefined,
};

/** Where the checksum of TCP, UDP or ICMP is in the packet. Undefined when there is none. */
export function checksumAt({ bytes, protocol, headerAt, isLaterFragment }: Packet): number | undefined {
  const at = CHECKSUM_AT[protocol];
  return at === undefined || isLaterFragment || headerAt + at + 2 > bytes.length ? undefined : headerAt + at;
}

/**
 * A copy in which bytes of the payload are replaced by as many others, and the checksum is right if it was right before.
 *
 * @param offset in the payload
 */
export function replaced(packet: Packet, offset: number, by: Buffer): Buffer {
  const copy = Buffer.from(packet.bytes);
  const at = packet.payloadAt + offset;
  by.copy(copy, at);
  const field = checksumAt(packet);
  // UDP may have no checksum, which is 0 (RFC 768).
  if (field === undefined || (packet.protocol === 'udp' && copy.readUInt16BE(field) === 0)) return copy;
  let sum = copy.readUInt16BE(field);
  const first = (at - packet.headerAt) & ~1;
  const end = endOfSummed(packet);
  const [before, after] = [packet.bytes.subarray(0, end), copy.subarray(0, end)];
  for (let word = packet.headerAt + first; word < Math.min(end, at + by.length); word += 2) {
    sum = changedChecksum(sum, wordAt(before, word), wordAt(after, word));
  }
  copy.writeUInt16BE(packet.protocol === 'udp' && sum === 0 ? 0xffff : sum, field);
  return copy;
}

/** Where the bytes with the checksum end: a datagram may be shorter than its IP packet (RFC 768). */
function endOfSummed({ bytes, protocol, headerAt }: Packet): number {
  return protocol === 'udp'
    ? Math.min(bytes.length, headerAt + bytes.readUInt16BE(headerAt + 4))
    : bytes.length;
}

function wordAt(bytes: Buffer, at: number): number {
  return (bytes[at]! << 8) | (bytes[at + 1] ?? 0);
}

/** Adds 1 to the time to live, in place: the wire is one hop, although the kernel forwards its packets twice. */
export function giveBackHop(bytes: Buffer): void {
  const before = bytes.readUInt16BE(8);
  if (before >>> 8 === 255) return;
  bytes[8]! += 1;
  bytes.writeUInt16BE(changedChecksum(bytes.readUInt16BE(10), before, bytes.readUInt16BE(8)), 10);
}

/** An RST that seems to come from the sender of a TCP segment, right after its data (RFC 9293, 3.5.2). */
export function resetAfter({ bytes, headerAt, payloadAt, tcp, source, destination }: Packet): Buffer {
  const length = bytes.length - payloadAt;
  const flags = tcp?.flags ?? 0;
  const sequence =
    (tcp?.sequence ?? 0) + length + (flags & TCP_FLAGS.syn ? 1 : 0) + (flags & TCP_FLAGS.fin ? 1 : 0);
  const segment = Buffer.alloc(20);
  bytes.copy(segment, 0, headerAt, headerAt + 4);
  segment.writeUInt32BE(sequence % 2 ** 32, 4);
  segment.writeUInt32BE(tcp?.acknowledgment ?? 0, 8);
  segment[12] = 5 << 4;
  segment[13] = TCP_FLAGS.rst | (flags & TCP_FLAGS.ack);
  segment.writeUInt16BE(checksum(segment, pseudoHeader(source, destination, PROTOCOL_NUMBERS.tcp, 20)), 16);
  return ipv4(source, destination, PROTOCOL_NUMBERS.tcp, segment);
}

/** The ICMP error that asks the sender of a packet for packets of at most `mtu` bytes (RFC 1191, 4). */
export function fragmentationNeeded(packet: Packet, { mtu, from }: { mtu: number; from: number }): Buffer {
  const quoted = packet.bytes.subarray(0, packet.headerAt + 8);
  const message = Buffer.alloc(8 + quoted.length);
  message[0] = 3;
  message[1] = 4;
  message.writeUInt16BE(mtu, 6);
  quoted.copy(message, 8);
  message.writeUInt16BE(checksum(message), 2);
  return ipv4(from, packet.source, PROTOCOL_NUMBERS.icmp, message);
}

/** The last place of a fragment, in units of 8 bytes. */
const LAST_PLACE = 0x1fff;

/** The fragments of a packet, each of at most `mtu` bytes (RFC 791, 3.2). What has no place in an IP packet is left out. */
export function fragmentsOf({ bytes, headerAt }: Packet, mtu: number): Buffer[] {
  const room = (mtu - headerAt) & ~7;
  const flags = bytes.readUInt16BE(6);
  const moreFollow = flags & 0x2000;
  const fragments: Buffer[] = [];
  for (let at = headerAt; at < bytes.length; at += room) {
    const place = (flags & LAST_PLACE) + (at - headerAt) / 8;
    if (place > LAST_PLACE) break;
    const end = Math.min(bytes.length, at + room);
    const fragment = Buffer.concat([bytes.subarray(0, headerAt), bytes.subarray(at, end)]);
    if (at > headerAt) clearOptions(fragment.subarray(IPV4_HEADER, headerAt));
    fragment.writeUInt16BE(fragment.length, 2);
    fragment.writeUInt16BE((end < bytes.length ? 0x2000 : moreFollow) | place, 6);
    fragment.writeUInt16BE(0, 10);
    fragment.writeUInt16BE(checksum(fragment.subarray(0, headerAt)), 10);
    fragments.push(fragment);
  }
  return fragments;
}

/** Replaces the options that only the first fragment has by options without an operation, in place (RFC 791, 3.1). */
function clearOptions(options: Buffer): void {
  for (let at = 0; at < options.length; ) {
    const type = options[at]!;
    if (type === END_OF_OPTIONS) return;
    const length = type === NO_OPERATION ? 1 : (options[at + 1] ?? 0);
    const end = at + length;
    if ((length < 2 && type !== NO_OPERATION) || end > options.length) return;
    if ((type & COPIED) === 0) options.fill(NO_OPERATION, at, end);
    at = end;
  }
}

function ipv4(source: number, destination: number, protocol: number, content: Buffer): Buffer {
  const header = Buffer.alloc(20);
  header[0] = 0x45;
  header.writeUInt16BE(20 + content.length, 2);
  header[8] = 64;
  header[9] = protocol;
  header.writeUInt32BE(source, 12);
  header.writeUInt32BE(destination, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, content]);
}

function pseudoHeader(source: number, destination: number, protocol: number, length: number): number {
  const header = Buffer.alloc(12);
  header.writeUInt32BE(source, 0);
  header.writeUInt32BE(destination, 4);
  header[9] = protocol;
  header.writeUInt16BE(length, 10);
  return sum16(header);
}
