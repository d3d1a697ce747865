import type { Packet } from '#analysis/capture/packet.ts';
import { shown, shownFields } from '#analysis/views/packet.ts';
import type { Protocol } from '#lib/packet/packet.ts';
import type { Columns } from './trip.ts';

/** The fields from which columns are made. The last one may contain any character. */
export const columnFields = ['relativeSeq', 'relativeAck', 'window', ...shownFields] as const;
export type ColumnPacket = Packet<(typeof columnFields)[number]>;

/** The most characters of a line that are shown. */
const LONGEST = 500;
/** The flags of TCP in the order in which Wireshark names them, by their bits from the lowest. */
const FLAGS = ['FIN', 'SYN', 'RST', 'PSH', 'ACK', 'URG', 'ECE', 'CWR'];

/** @param protocol of the IP packet */
export function columnsOf(packet: ColumnPacket, protocol: Protocol | undefined): Columns {
  const { source, destination, info, length, carried, isTrouble, ...other } = shown(packet, 0);
  const transport = carried?.transport ?? (protocol === 'icmp' ? 'icmp' : 'other');
  return {
    from: carried?.from ?? source,
    to: carried?.to ?? destination,
    transport,
    protocol: other.protocol,
    info: info.length > LONGEST ? `${info.slice(0, LONGEST)}…` : info,
    length,
    payload: carried?.payload.length ?? 0,
    ...(carried?.transport === 'tcp' ? { tcp: tcpOf(packet, carried.flags) } : {}),
    isTrouble,
  };
}

function tcpOf({ fields }: ColumnPacket, flags: number): Columns['tcp'] {
  const { relativeSeq: sequence, relativeAck: ack, window } = fields;
  return { flags: FLAGS.filter((_, bit) => flags & (1 << bit)).join(', '), sequence, ack, window };
}
