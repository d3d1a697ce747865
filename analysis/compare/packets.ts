import type { Carried, Packet } from '#analysis/capture/packet.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';

/** What is read of a packet to know it again, beside what every packet has. */
export const travelFields = ['ipId', 'ipLength', 'ipProtocol'] as const;

/** A packet from one host of the lab to the other, as one capture has it. */
export interface Travelling {
  /** Whose capture. */
  readonly seenAt: Host;
  readonly from: Host;
  readonly frame: number;
  /** Seconds since 1970. */
  readonly time: number;
  readonly carried: Carried | undefined;
  /** What stays the same on the way: addresses, ports, IP identification, numbers and lengths. */
  readonly identity: string;
  /** Who talks to whom. */
  readonly flow: string;
  /** Its bytes, a character each. */
  readonly payload: string;
}

/** Undefined when a packet is not from one host to the other. */
export function travelling(
  packet: Packet<(typeof travelFields)[number]>,
  seenAt: Host,
  addresses: Readonly<Record<Host, string>>,
): Travelling | undefined {
  const { carried, destination, number: frame, source, time, told } = packet;
  const hostAt = (address: string) => hosts.find((host) => addresses[host] === address);
  const [from, to] = [hostAt(source), hostAt(destination)];
  if (!from || !to || from === to) return undefined;
  const ends = carried ? `${carried.from} → ${carried.to}` : `${source} → ${destination}`;
  const flow = `${ends} ${protocolName(told.ipProtocol)}`;
  const { seq, ack, flags, payload } = carried ?? { seq: 0, ack: 0, flags: 0, payload: EMPTY };
  return {
    ...{ seenAt, from, frame, time, carried, flow },
    identity: `${flow} ${told.ipId} ${told.ipLength} ${seq} ${ack} ${flags}`,
    payload: payload.toString('latin1'),
  };
}

const EMPTY = Buffer.alloc(0);

function protocolName(number: number): string {
  const names: Readonly<Record<number, string>> = { 1: 'ICMP', 6: 'TCP', 17: 'UDP' };
  return names[number] ?? `IP protocol ${number}`;
}
