import type { Capture } from '#analysis/capture/capture-files.ts';
import { leanArguments, NETWORK, tsharkLines } from '#analysis/capture/tshark.ts';
import type { Host } from '#lib/lab/hosts.ts';

/** A packet from one host of the lab to the other, as one capture has it. */
export interface Packet {
  /** Whose capture. */
  readonly seenAt: Host;
  readonly from: Host;
  readonly frame: number;
  /** Seconds since 1970. */
  readonly time: number;
  /** What stays the same on the way: addresses, ports, IP identification, numbers and lengths. */
  readonly identity: string;
  /** Who talks to whom. */
  readonly flow: string;
  /** Hex digits. */
  readonly payload: string;
  /** The sequence number behind a TCP segment with payload, and that of its beginning; undefined without. */
  readonly range: { readonly from: number; readonly to: number } | undefined;
}

const FIELDS = [
  ...['frame.time_epoch', 'ip.src', 'ip.dst', 'ip.id', 'ip.proto', 'tcp.srcport', 'tcp.dstport'],
  ...['tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.len', 'udp.srcport', 'udp.dstport', 'udp.length'],
  ...['tcp.payload', 'udp.payload'],
];

/** Reads the packets between both hosts out of a capture, as far as it goes; tells why, when that is not the end. */
export async function* readPackets(
  { name, files }: Capture,
  addresses: Readonly<Record<Host, string>>,
  onCut: (why: string) => void,
): AsyncGenerator<Packet> {
  const seenAt = name as Host;
  let frame = 0;
  for (const file of files) {
    for await (const lines of tsharkLines(argumentsFor(file), onCut)) {
      for (const line of lines) {
        frame += 1;
        const packet = parse(line.split('\t'), { seenAt, frame, addresses });
        if (packet) yield packet;
      }
    }
  }
}

function argumentsFor(file: string): string[] {
  return [...leanArguments(file, { protocols: NETWORK, fields: FIELDS }), '-E', 'occurrence=f'];
}

function parse(
  fields: readonly string[],
  {
    seenAt,
    frame,
    addresses,
  }: Pick<Packet, 'seenAt' | 'frame'> & { addresses: Readonly<Record<Host, string>> },
): Packet | undefined {
  const [time, source, destination, id, protocol, ...rest] = fields;
  const [tcpFrom, tcpTo, seq, ack, flags, length, udpFrom, udpTo, udpLength, tcpPayload, udpPayload] = rest;
  const from = source === addresses.server ? 'server' : source === addresses.client ? 'client' : undefined;
  const to =
    destination === addresses.server ? 'server' : destination === addresses.client ? 'client' : undefined;
  if (!from || !to || from === to) return undefined;
  const isIcmp = protocol === '1';
  const flow = `${source}:${tcpFrom || udpFrom} → ${destination}:${tcpTo || udpTo} ${protocolName(protocol!)}`;
  const start = Number(seq);
  return {
    seenAt,
    from,
    frame,
    time: Number(time),
    identity: `${flow} ${id} ${seq} ${ack} ${flags} ${length} ${udpLength}`,
    flow,
    // An ICMP error carries a copy of the packet that it is about.
    payload: isIcmp ? '' : tcpPayload || udpPayload || '',
    range: tcpPayload && !isIcmp ? { from: start, to: (start + Number(length)) >>> 0 } : undefined,
  };
}

function protocolName(number: string): string {
  const names: Readonly<Record<string, string>> = { '1': 'ICMP', '6': 'TCP', '17': 'UDP' };
  return names[number] ?? `IP protocol ${number}`;
}
