import { crc32 } from 'node:zlib';
import { addressText, type Packet, payloadOf, TCP_FLAGS } from '#lib/packet/packet.ts';
import type { Direction } from './conditions.ts';
import type { Flow } from './flows.ts';

/** The fields of an entry that name a packet, so that it is found in both captures. */
export function identity(direction: Direction, packet: Packet, flow: Flow, number: number) {
  const { protocol, tcp, icmp, sourcePort, destinationPort, isLaterFragment, bytes } = packet;
  const payload = payloadOf(packet);
  return {
    direction,
    flow: flow.name,
    packet: number,
    protocol,
    source: addressText(packet.source),
    ...(sourcePort > 0 && { source_port: sourcePort }),
    destination: addressText(packet.destination),
    ...(destinationPort > 0 && { destination_port: destinationPort }),
    ip_id: packet.id,
    bytes: bytes.length,
    ...(isLaterFragment && { fragment_at: (bytes.readUInt16BE(6) & 0x1fff) * 8 }),
    ...(tcp && { seq: tcp.sequence, ack: tcp.acknowledgment, flags: flagsText(tcp.flags) }),
    ...(icmp && { icmp_type: icmp.type, icmp_id: icmp.identifier, icmp_seq: icmp.sequence }),
    payload: payload.length,
    ...(payload.length > 0 && { crc: crc32(payload).toString(16).padStart(8, '0') }),
  };
}

/** The letters of the flags, as in `SA` for SYN and ACK. */
function flagsText(flags: number): string {
  return Object.entries(TCP_FLAGS)
    .filter(([, bit]) => flags & bit)
    .map(([name]) => name[0]!.toUpperCase())
    .join('');
}
