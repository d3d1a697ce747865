import { endpoint, type Ports, type ServerName, serverOn, type Transport } from '#lib/lab/ports.ts';
import type { FieldName, Values } from './fields.ts';

/** A TCP segment or a whole UDP datagram. */
export interface Carried {
  /** Frame number, from 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond; 0 for a frame without a time. */
  readonly time: number;
  readonly transport: Transport;
  /** As `endpoint` writes it. */
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** The lab's server on one of the ports, and whether that port speaks TLS. */
  readonly server: ServerName | undefined;
  readonly overTls: boolean;
  /** In other traffic the lower port counts as the server's. */
  readonly toServer: boolean;
  readonly payload: Buffer;
  /** TCP's raw sequence and acknowledgment numbers, and its flags as a number. */
  readonly seq: number;
  readonly ack: number;
  readonly flags: number;
}

/** A frame of a capture, from the one reader of captures. */
export interface Packet<Name extends FieldName = never> {
  readonly number: number;
  readonly time: number;
  /** IP addresses, or those of the link without IP. */
  readonly source: string;
  readonly destination: string;
  /** Undefined if it is neither TCP nor UDP. An ICMP error is neither: it only holds a copy of a datagram. */
  readonly carried: Carried | undefined;
  /** Its bytes on the wire. */
  readonly length: number;
  /** Fewer bytes were captured. */
  readonly isTruncated: boolean;
  /** The additional fields that its reader asked for. */
  readonly fields: Values<Name>;
}

/** The fields that are read from every packet. */
export const packetFields = [
  ...(['epoch', 'source', 'destination', 'length', 'captured', 'icmp', 'icmpv6'] as const),
  ...(['tcpFrom', 'tcpTo', 'seq', 'ack', 'flags', 'segment', 'udpFrom', 'udpTo', 'datagram'] as const),
] as const satisfies readonly FieldName[];

export function packetOf<Name extends FieldName>(
  values: Values<(typeof packetFields)[number] | Name>,
  number: number,
  ports: Ports,
): Packet<Name> {
  const { epoch, source, destination, length, captured, icmp, icmpv6 } = values;
  const place = { number, time: Number(epoch), source, destination };
  const isCopy = icmp || icmpv6;
  return {
    ...place,
    carried: isCopy ? undefined : carriedIn(values, place, ports),
    length,
    isTruncated: length !== captured && !isCopy,
    fields: values,
  };
}

function carriedIn(
  values: Values<(typeof packetFields)[number]>,
  { number, time, source, destination }: Pick<Packet, 'number' | 'time' | 'source' | 'destination'>,
  ports: Ports,
): Carried | undefined {
  const { tcpFrom, tcpTo, udpFrom, udpTo } = values;
  const isTcp = tcpFrom + tcpTo > 0;
  const [fromPort, toPort] = isTcp ? [tcpFrom, tcpTo] : [udpFrom, udpTo];
  if (fromPort + toPort === 0) return undefined;
  const target = serverOn(toPort, ports);
  const lab = target ?? serverOn(fromPort, ports);
  return {
    ...{ number, time, transport: isTcp ? 'tcp' : 'udp' },
    ...{ from: endpoint(source, fromPort), to: endpoint(destination, toPort), fromPort, toPort },
    server: lab?.server,
    overTls: lab?.overTls ?? false,
    toServer: lab ? target !== undefined : toPort <= fromPort,
    payload: isTcp ? values.segment : values.datagram,
    seq: values.seq,
    ack: values.ack,
    flags: values.flags,
  };
}
