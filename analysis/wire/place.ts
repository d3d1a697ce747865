import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { type Packet, payloadOf, TCP_FLAGS } from '#lib/packet/packet.ts';

/**
 * A part of a sent packet: bytes of what the IP packet carries, header of TCP, UDP or ICMP included. A segment that was cut
 * out of a larger frame counts with that frame's header if it is the first.
 */
export interface Range {
  readonly from: number;
  readonly to: number;
}

const PROTOCOL_AT = 9;
/** Flags that say whether a connection begins or ends. Segments of one frame have them in common. */
const KIND = TCP_FLAGS.syn | TCP_FLAGS.rst;
/** Flags that only the last segment of a frame has. */
const OF_THE_LAST = TCP_FLAGS.fin | TCP_FLAGS.psh;

/** Where the content of a fragment is in that of the whole packet; 0 for whole packets. */
export function placeOfFragment({ bytes }: Packet): number {
  return (bytes.readUInt16BE(6) & 0x1fff) * 8;
}

export function isFragment({ bytes }: Packet): boolean {
  return (bytes.readUInt16BE(6) & 0x3fff) !== 0;
}

export function lengthOf({ bytes, headerAt }: Packet): number {
  return bytes.length - headerAt;
}

function headerOf({ headerAt, payloadAt }: Packet): number {
  return payloadAt - headerAt;
}

/** Where a packet in the capture of the receiver fits into a packet of the sender by its headers; undefined if it does not. */
export function placeIn(sent: Packet, got: Packet): Range | undefined {
  if (!isSamePath(sent, got)) return undefined;
  if (isFragment(sent) || isFragment(got)) return placeOfPart(sent, got);
  if (!sent.tcp || !got.tcp) return isSameDatagram(sent, got) ? { from: 0, to: lengthOf(sent) } : undefined;
  const isSame = got.tcp.acknowledgment === sent.tcp.acknowledgment && arePorts(sent, got);
  if (!isSame || ((got.tcp.flags ^ sent.tcp.flags) & KIND) !== 0) return undefined;
  return placeOfSegment(sent, {
    id: got.id,
    seq: got.tcp.sequence,
    length: got.bytes.length - got.payloadAt,
    least: 1,
  });
}

function isSamePath(one: Packet, other: Packet): boolean {
  return (
    one.source === other.source &&
    one.destination === other.destination &&
    one.bytes[PROTOCOL_AT] === other.bytes[PROTOCOL_AT]
  );
}

function arePorts(one: Packet, other: Packet): boolean {
  return one.sourcePort === other.sourcePort && one.destinationPort === other.destinationPort;
}

function isSameDatagram(sent: Packet, got: Packet): boolean {
  const { icmp } = sent;
  const isSame = sent.id === got.id && sent.bytes.length === got.bytes.length && arePorts(sent, got);
  return isSame && isSameMessage(icmp, got.icmp);
}

function isSameMessage(one: Packet['icmp'], other: Packet['icmp']): boolean {
  return (
    one?.type === other?.type && one?.identifier === other?.identifier && one?.sequence === other?.sequence
  );
}

function placeOfPart(sent: Packet, got: Packet): Range | undefined {
  const from = placeOfFragment(got) - placeOfFragment(sent);
  const to = from + lengthOf(got);
  const isInside = from >= 0 && to <= lengthOf(sent);
  return sent.id === got.id && isFragment(got) && isInside ? { from, to } : undefined;
}

interface Segment {
  readonly id: number;
  readonly seq: number;
  readonly length: number;
  /** The least number of bytes of the segments before it. */
  readonly least: number;
}

/**
 * Where a segment is in a frame of the sender. A network card cuts a large frame into segments of one length, and each has
 * the next IP identification. Hosts may join segments again when they arrive.
 */
function placeOfSegment(sent: Packet, { id, seq, length, least }: Segment): Range | undefined {
  const offset = (seq - sent.tcp!.sequence) >>> 0;
  const all = sent.bytes.length - sent.payloadAt;
  if (offset + length > all || (length === 0 && all > 0)) return undefined;
  const number = (id - sent.id) & 0xffff;
  const isThere = number === 0 ? offset === 0 : isMultiple(offset, number, least);
  const header = headerOf(sent);
  return isThere ? { from: offset === 0 ? 0 : header + offset, to: header + offset + length } : undefined;
}

function isMultiple(offset: number, number: number, least: number): boolean {
  return offset > 0 && offset % number === 0 && offset / number >= least;
}

/** Where the packet of an entry is in a packet of the sender; undefined if it is another one. */
export function placeOfEntry(sent: Packet, entry: WireDecision, captured: number): Range | undefined {
  const isSame =
    entry.protocol === sent.protocol &&
    (entry.source_port ?? 0) === sent.sourcePort &&
    (entry.destination_port ?? 0) === sent.destinationPort &&
    (entry.fragment_at ?? 0) === placeOfFragment(sent);
  if (!isSame) return undefined;
  const range = sent.tcp ? placeOfTcp(sent, entry) : placeOfDatagram(sent, entry);
  return range && hasPayload(sent, range, { entry, captured }) ? range : undefined;
}

function placeOfDatagram(sent: Packet, entry: WireDecision): Range | undefined {
  const { icmp } = sent;
  const isSame =
    entry.ip_id === sent.id &&
    entry.bytes === sent.bytes.length &&
    (!icmp || isSameMessage(icmp, icmpOf(entry)));
  return isSame ? { from: 0, to: lengthOf(sent) } : undefined;
}

function icmpOf(entry: WireDecision): Packet['icmp'] {
  const { icmp_type: type = 0, icmp_id: identifier = 0, icmp_seq: sequence = 0 } = entry;
  return { type, code: 0, identifier, sequence };
}

function placeOfTcp(sent: Packet, entry: WireDecision): Range | undefined {
  const { seq, ack, flags = '', ip_id: id, payload: length } = entry;
  const header = sent.tcp!;
  if (seq === undefined || ack !== header.acknowledgment) return undefined;
  const range = placeOfSegment(sent, { id, seq, length, least: length });
  const isLast = range?.to === lengthOf(sent);
  const expected = isLast ? header.flags : header.flags & ~OF_THE_LAST;
  return range && flagsOf(flags) === (expected & 0x3f) ? range : undefined;
}

function flagsOf(letters: string): number {
  return Object.entries(TCP_FLAGS)
    .filter(([name]) => letters.includes(name[0]!.toUpperCase()))
    .reduce((flags, [, bit]) => flags | bit, 0);
}

/** Whether the payload has the CRC of the entry. A truncated frame may have. */
function hasPayload(
  sent: Packet,
  range: Range,
  { entry, captured }: { readonly entry: WireDecision; readonly captured: number },
): boolean {
  if (captured < sent.headerAt + range.to) return true;
  const payload = payloadIn(sent, range);
  return payload.length === entry.payload && (payload.length === 0 || crcOf(payload) === entry.crc);
}

/** The payload of a part of a packet, without the header of TCP, UDP or ICMP. */
export function payloadIn(sent: Packet, { from, to }: Range): Buffer {
  const header = headerOf(sent);
  return payloadOf(sent).subarray(Math.max(0, from - header), Math.max(0, to - header));
}

/**
 * The payload of a packet that was received as a part of one that was sent: of its first fragment without the header, of a
 * later fragment all bytes.
 */
export function payloadGot(sent: Packet, got: Packet, { from }: Range): Buffer {
  const content = got.bytes.subarray(got.headerAt);
  if (isFragment(got)) return content.subarray(Math.max(0, headerOf(sent) - from));
  return payloadOf(got);
}

/** The packet of an entry as the wire had it: a segment that was cut out of a larger frame, or the packet itself. */
export function partOf(sent: Packet, range: Range, id: number): Buffer {
  if (!sent.tcp || isFragment(sent) || (range.from === 0 && range.to === lengthOf(sent))) return sent.bytes;
  const header = sent.bytes.subarray(0, sent.payloadAt);
  const bytes = Buffer.concat([header, payloadIn(sent, range)]);
  const offset = Math.max(0, range.from - headerOf(sent));
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.writeUInt16BE(id, 4);
  bytes.writeUInt32BE((sent.tcp.sequence + offset) >>> 0, sent.headerAt + 4);
  if (range.to < lengthOf(sent)) bytes[sent.headerAt + 13]! &= ~OF_THE_LAST;
  return bytes;
}

/** Bytes of TCP of a packet that follow the first `length`, as a packet with this identification. */
export function restOf(got: Packet, length: number, id: number): Buffer {
  const bytes = Buffer.concat([
    got.bytes.subarray(0, got.payloadAt),
    got.bytes.subarray(got.payloadAt + length),
  ]);
  bytes.writeUInt16BE(bytes.length, 2);
  bytes.writeUInt16BE(id, 4);
  bytes.writeUInt32BE((got.tcp!.sequence + length) >>> 0, got.headerAt + 4);
  return bytes;
}

/** The first `length` bytes of TCP of a packet. */
export function headOf(got: Packet, length: number): Buffer {
  const bytes = Buffer.from(got.bytes.subarray(0, got.payloadAt + length));
  bytes.writeUInt16BE(bytes.length, 2);
  return bytes;
}
