import fc from 'fast-check';
import { addressNumber, type Packet, PROTOCOL_NUMBERS, parsePacket, TCP_FLAGS } from './packet.ts';

export const CLIENT = '10.0.28.181';
export const SERVER = '10.0.28.182';
/** The addresses of a packet from the server host to the client host. */
export const DOWN = { source: SERVER, destination: CLIENT };

export interface Ip {
  readonly source?: string;
  readonly destination?: string;
  readonly id?: number;
  /** The word of the flags and the place of a fragment. */
  readonly place?: number;
  readonly ttl?: number;
  readonly options?: Buffer;
}

interface Ports extends Ip {
  readonly from?: number;
  readonly to?: number;
  readonly payload?: string | Buffer;
}

export interface Tcp extends Ports {
  readonly sequence?: number;
  readonly acknowledgment?: number;
  /** As in `SA` for SYN and ACK. */
  readonly flags?: string;
  readonly tcpOptions?: Buffer;
}

export interface Icmp extends Ip {
  readonly type?: number;
  readonly code?: number;
  readonly identifier?: number;
  readonly sequence?: number;
  readonly payload?: string | Buffer;
}

/** The sum of all 16-bit words in one's complement. Bytes with a right checksum have the sum 0xffff. */
export function sumOf(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) {
    sum += bytes[at]! * 256 + (bytes[at + 1] ?? 0);
    if (sum > 0xffff) sum -= 0xffff;
  }
  return sum;
}

export function ipPacket(
  protocol: number,
  content: Buffer,
  { source = CLIENT, destination = SERVER, id = 1, place = 0, ttl = 64, options = Buffer.alloc(0) }: Ip = {},
): Buffer {
  const header = Buffer.concat([Buffer.alloc(20), options]);
  header[0] = 0x40 + header.length / 4;
  header.writeUInt16BE(header.length + content.length, 2);
  header.writeUInt16BE(id, 4);
  header.writeUInt16BE(place, 6);
  header[8] = ttl;
  header[9] = protocol;
  header.writeUInt32BE(addressNumber(source), 12);
  header.writeUInt32BE(addressNumber(destination), 16);
  header.writeUInt16BE(0xffff - sumOf(header), 10);
  return Buffer.concat([header, content]);
}

export function tcpPacket(of: Tcp = {}): Buffer {
  const { from = 40_000, to = 9_090, sequence = 1_000, acknowledgment = 0, flags = 'A' } = of;
  const { tcpOptions = Buffer.alloc(0), payload = '' } = of;
  const segment = Buffer.concat([Buffer.alloc(20), tcpOptions, Buffer.from(payload)]);
  segment.writeUInt16BE(from, 0);
  segment.writeUInt16BE(to, 2);
  segment.writeUInt32BE(sequence, 4);
  segment.writeUInt32BE(acknowledgment, 8);
  segment[12] = ((20 + tcpOptions.length) / 4) * 16;
  segment[13] = Object.entries(TCP_FLAGS).reduce(
    (bits, [name, bit]) => (flags.includes(name[0]!.toUpperCase()) ? bits + bit : bits),
    0,
  );
  segment.writeUInt16BE(0x2000, 14);
  return withChecksum(PROTOCOL_NUMBERS.tcp, segment, 16, of);
}

export function udpPacket(of: Ports = {}): Buffer {
  const { from = 40_000, to = 9_091, payload = '' } = of;
  const datagram = Buffer.concat([Buffer.alloc(8), Buffer.from(payload)]);
  datagram.writeUInt16BE(from, 0);
  datagram.writeUInt16BE(to, 2);
  datagram.writeUInt16BE(datagram.length, 4);
  return withChecksum(PROTOCOL_NUMBERS.udp, datagram, 6, of);
}

export function icmpPacket(of: Icmp = {}): Buffer {
  const { type = 8, code = 0, identifier = 7, sequence = 1, payload = '' } = of;
  const message = Buffer.concat([Buffer.from([type, code]), Buffer.alloc(6), Buffer.from(payload)]);
  message.writeUInt16BE(identifier, 4);
  message.writeUInt16BE(sequence, 6);
  return withChecksum(PROTOCOL_NUMBERS.icmp, message, 2, of);
}

function withChecksum(protocol: number, content: Buffer, at: number, ip: Ip): Buffer {
  const packet = ipPacket(protocol, content, ip);
  const right = 0xffff - sumOf(summed(packet));
  const start = packet.length - content.length;
  packet.writeUInt16BE(protocol === PROTOCOL_NUMBERS.udp && right === 0 ? 0xffff : right, start + at);
  return packet;
}

/** The bytes over which TCP, UDP or ICMP of a packet has its checksum: with a pseudo header, but for ICMP. */
export function summed(packet: Buffer): Buffer {
  const content = packet.subarray((packet[0]! % 16) * 4);
  if (packet[9] === PROTOCOL_NUMBERS.icmp) return content;
  const end = Buffer.from([0, packet[9]!, content.length >> 8, content.length & 255]);
  return Buffer.concat([packet.subarray(12, 20), end, content]);
}

/** The sum of the IP header. 0xffff when its checksum is right. */
export function headerSum(packet: Buffer): number {
  return sumOf(packet.subarray(0, (packet[0]! % 16) * 4));
}

/** The packet of bytes that are one. */
export function parsed(bytes: Buffer): Packet {
  const packet = parsePacket(bytes);
  if (!packet) throw new Error(`no packet: ${bytes.toString('hex')}`);
  return packet;
}

const payload = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
const port = fc.integer({ min: 0, max: 65_535 });
const number = fc.integer({ min: 0, max: 0xffffffff });
/** Words of options, most of them nonsense. */
const options = fc
  .uint8Array({ maxLength: 40 })
  .map((bytes) => Buffer.from(bytes.subarray(0, bytes.length & ~3)));
const flags = fc.subarray([...'FSRPAU']).map((letters) => letters.join(''));
const ip = { id: port, options, place: fc.constantFrom(0, 0, 0x4000, 0x2000) };

/** TCP, UDP and ICMP packets with right checksums. */
export const rightPackets = fc.oneof(
  fc
    .record({ ...ip, payload, from: port, to: port, sequence: number, acknowledgment: number, flags })
    .map(tcpPacket),
  fc.record({ ...ip, tcpOptions: options, payload }).map(tcpPacket),
  fc.record({ ...ip, payload, from: port, to: port }).map(udpPacket),
  fc.record({ ...ip, payload, type: fc.integer({ min: 0, max: 20 }), identifier: port }).map(icmpPacket),
);

/** Packets in which any bytes may be wrong, and which may be cut. */
export const brokenBytes = fc
  .tuple(
    rightPackets,
    fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { maxLength: 6 }),
    fc.option(fc.nat(120), { freq: 3 }),
  )
  .map(([bytes, changes, length]) => {
    for (const [at, byte] of changes) if (at < bytes.length) bytes[at] = byte;
    return bytes.subarray(0, length ?? bytes.length);
  });

/** Whatever a network may bring. */
export const anyBytes = fc.oneof(
  brokenBytes,
  fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)),
);

/** Packets that can be parsed, right or not. */
export const anyPacket = brokenBytes
  .filter((bytes) => parsePacket(bytes) !== undefined)
  .map((bytes) => parsed(bytes));
