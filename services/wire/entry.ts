import { crcOf } from '#lib/message/crc.ts';
import { addressText, type Packet, payloadOf, TCP_FLAGS } from '#lib/packet/packet.ts';
import type { Struck } from './wire.ts';

/** A decision as its entry in the journal. Its fields name the packet, so that it is found in both captures. */
export function entryOf({ direction, packet, flow, number, fault, detail, rule }: Struck) {
  return {
    direction,
    fault,
    ...detail,
    ...(rule !== undefined && { rule }),
    ...identity(packet, flow.name, number),
  };
}

function identity(packet: Packet, flow: string, number: number) {
  const { protocol, tcp, icmp, sourcePort, destinationPort, isLaterFragment, bytes } = packet;
  const payload = payloadOf(packet);
  return {
    flow,
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
    ...(payload.length > 0 && { crc: crcOf(payload) }),
  };
}

/** The letters of the flags, as in `SA` for SYN and ACK. */
function flagsText(flags: number): string {
  return Object.entries(TCP_FLAGS)
    .filter(([, bit]) => flags & bit)
    .map(([name]) => name[0]!.toUpperCase())
    .join('');
}
