import type { Host } from '#lib/lab/hosts.ts';

/** Both captures, packet by packet. */
export interface Compared {
  /** Captures that break off, and why. */
  readonly cut: readonly string[];
  /** Hosts in whose captures no packet is from one host to the other. */
  readonly without: readonly Host[];
  readonly arrived: number;
  /** Packets that may have arrived: the other capture lacks packets of their time. */
  readonly unknown: number;
  readonly neverArrived: readonly PacketFact[];
  readonly altered: readonly PacketFact[];
  readonly late: readonly PacketFact[];
  readonly twice: readonly PacketFact[];
  readonly inAll: {
    readonly neverArrived: number;
    readonly altered: number;
    readonly late: number;
    readonly twice: number;
  };
  readonly retransmissions: number;
  /** One-way times of what arrived, in seconds. */
  readonly oneWay: { readonly median: number; readonly p99: number; readonly longest: number } | undefined;
}

export interface PacketFact {
  /** Where it left. */
  readonly from: Host;
  /** Frame in the capture of the host that sent it, and in that of the other. */
  readonly frame?: number;
  readonly arrivedAs?: number;
  readonly info: string;
  /** Seconds on the way. */
  readonly took?: number;
}
