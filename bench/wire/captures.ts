import { type Packet, parsePacket, payloadOf } from '#lib/packet/packet.ts';
import { bytesSince } from './journal.ts';

/** The headers of a pcap file, of each packet in it, and of an Ethernet frame. */
const FILE_HEADER = 24;
const RECORD_HEADER = 16;
const ETHERNET_HEADER = 14;

/** A datagram of the sender in a capture. */
export interface Seen {
  /** Its number, by most of its bytes. */
  readonly number: number;
  /** In ms. */
  readonly time: number;
  /** The bytes of its frame. */
  readonly bytes: number;
  readonly payload: Buffer;
}

/** The datagrams from one port in a capture, from a place in the file on. */
export async function seenSince(path: string, from: number, port: number): Promise<Seen[]> {
  return seenIn(await bytesSince(path, Math.max(from, FILE_HEADER)), port);
}

/** @param records the packets of a pcap file of Ethernet frames, with times in microseconds */
export function seenIn(records: Buffer, port: number): Seen[] {
  const seen: Seen[] = [];
  for (let at = 0; at + RECORD_HEADER <= records.length; ) {
    const length = records.readUInt32LE(at + 8);
    const frame = records.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
    const time = records.readUInt32LE(at) * 1_000 + records.readUInt32LE(at + 4) / 1_000;
    const packet = parsePacket(frame.subarray(ETHERNET_HEADER));
    if (packet && isOf(packet, port)) {
      const payload = payloadOf(packet);
      seen.push({ number: numberIn(payload), time, bytes: frame.length, payload });
    }
    at += RECORD_HEADER + length;
  }
  return seen;
}

function isOf({ protocol, sourcePort, bytes, payloadAt }: Packet, port: number): boolean {
  return protocol === 'udp' && sourcePort === port && bytes.length >= payloadAt + 12;
}

/** Each datagram has its number at least three times. Flipped bits change one of them. */
function numberIn(payload: Buffer): number {
  const [first, second, third] = [0, 4, 8].map((at) => payload.readUInt32LE(at));
  return first === second || first === third ? first! : second!;
}
