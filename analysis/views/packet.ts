import type { Carried } from '#analysis/capture/carried.ts';
import { type Ports, serverOn, type Transport } from '#lib/lab/ports.ts';
import { isTls } from '#lib/tls/record.ts';

/** A frame as Wireshark shows it. All texts are fit for a terminal. */
export interface Packet {
  /** From 1, counted through all files of the capture. */
  readonly number: number;
  /** Seconds since 1970, to the microsecond. */
  readonly epoch: number;
  /** Seconds since the first frame of the capture. */
  readonly time: number;
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  /** Octets of the frame. */
  readonly length: number;
  readonly info: string;
  /** What was on the wire. */
  readonly payload: Buffer;
  /** The payload is of a connection over TLS, which nobody on the way can read. */
  readonly isSealed?: boolean;
  /** What TLS had sealed in records that are complete with this frame, decrypted. */
  readonly inside?: Buffer | undefined;
  /** A warning or an error of a dissector, or a retransmission. */
  readonly isTrouble: boolean;
  /** Undefined of anything but TCP and UDP. */
  readonly segment: Segment | undefined;
}

/** What TCP or UDP say of a frame; `seq` and `flags` are 0 of UDP. */
export interface Segment {
  readonly transport: Transport;
  /** As `endpoint` writes it. */
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  /** The raw sequence number. */
  readonly seq: number;
  readonly flags: number;
}

export const packetKinds = ['request', 'answer', 'control', 'trouble', 'other'] as const;
/** What a frame is in the eyes of a reader. */
export type PacketKind = (typeof packetKinds)[number];

export function kindOf({ isTrouble, payload, segment }: Packet, ports: Ports): PacketKind {
  if (isTrouble) return 'trouble';
  if (!segment) return 'other';
  if (payload.length === 0) return segment.transport === 'tcp' ? 'control' : 'other';
  return isToServer(segment, ports) ? 'request' : 'answer';
}

/** Whether a frame goes to one of the servers; elsewhere the lower port counts as the server's. */
export function isToServer({ fromPort, toPort }: Segment, ports: Ports): boolean {
  const isServers = (port: number) => serverOn(port, ports) !== undefined;
  if (isServers(toPort) || isServers(fromPort)) return isServers(toPort);
  return toPort <= fromPort;
}

/** What TCP or UDP carry in a frame; undefined of anything else. */
export function carriedBy({ number, payload, segment }: Packet): Carried | undefined {
  return segment && { number, payload, ...segment };
}

/** Tells the packets of connections over TLS, also those that begin in the middle of a record. */
export class TlsConnections {
  readonly #known = new Set<string>();
  /** Where nothing is ever encrypted, whoever tries. */
  readonly #plain: readonly number[];

  constructor({ http, echo }: Ports) {
    this.#plain = [http, echo];
  }

  has({ payload, segment }: Packet): boolean {
    if (segment?.transport !== 'tcp' || payload.length === 0) return false;
    if (this.#plain.includes(segment.toPort) || this.#plain.includes(segment.fromPort)) return false;
    const key = [segment.from, segment.to].sort().join(' ');
    if (isTls(payload)) this.#known.add(key);
    return this.#known.has(key);
  }
}
