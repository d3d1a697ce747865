import type { Carried, Packet } from '#analysis/capture/packet.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';

/** The additional fields that identify a packet in both captures. */
export const travelFields = ['ipId', 'ipLength', 'ipProtocol'] as const;

/** A packet from one host of the lab to the other, in one capture. */
export interface Travelling {
  /** The host of the capture. */
  readonly seenAt: Host;
  readonly from: Host;
  readonly frame: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly carried: Carried | undefined;
  /** All that stays the same on the way: addresses, ports, IP identification, sequence numbers and lengths. */
  readonly identity: string;
  /** Source, destination and protocol. */
  readonly flow: string;
  /** Its bytes, one character each. */
  readonly payload: string;
}

/** Undefined for a packet that is not from one host to the other. */
export function travelling(
  packet: Packet<(typeof travelFields)[number]>,
  seenAt: Host,
  addresses: Readonly<Record<Host, string>>,
): Travelling | undefined {
  const { carried, destination, fields, number: frame, source, time } = packet;
  const hostAt = (address: string) => hosts.find((host) => addresses[host] === address);
  const [from, to] = [hostAt(source), hostAt(destination)];
  if (!from || !to || from === to) return undefined;
  const ends = carried ? `${carried.from} → ${carried.to}` : `${source} → ${destination}`;
  const flow = `${ends} ${protocolName(fields.ipProtocol)}`;
  const { seq, ack, flags, payload } = carried ?? { seq: 0, ack: 0, flags: 0, payload: EMPTY };
  return {
    ...{ seenAt, from, frame, time, carried, flow },
    identity: `${flow} ${fields.ipId} ${fields.ipLength} ${seq} ${ack} ${flags}`,
    payload: payload.toString('latin1'),
  };
}

const EMPTY = Buffer.alloc(0);

function protocolName(number: number): string {
  const names: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP' };
  return names[number] ?? `IP protocol ${number}`;
}
