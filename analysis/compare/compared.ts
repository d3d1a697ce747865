import type { Host } from '#lib/lab/hosts.ts';

/** The comparison of both captures, packet by packet. */
export interface Compared {
  /** Why captures break off, if they do. */
  readonly cut: readonly string[];
  /** Hosts whose captures have no packet between the two hosts. */
  readonly without: readonly Host[];
  readonly arrived: number;
  /** Packets that may have arrived in a gap of the other capture. */
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
  /** One-way times of packets that arrived, in seconds. */
  readonly oneWay: { readonly median: number; readonly p99: number; readonly longest: number } | undefined;
}

export interface PacketFact {
  /** The sending host. */
  readonly from: Host;
  /** Its frame in the sender's capture, and in the receiver's. */
  readonly frame?: number;
  readonly arrivedAs?: number;
  readonly info: string;
  /** One-way time, in seconds. */
  readonly took?: number;
}
