import type { WireReason } from '#analysis/wire/reasons.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Explained } from './explained.ts';

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
  /** What the entries of the wire explain; undefined without a wire. */
  readonly wire?: WireCompared | undefined;
}

/** Where a wire is between the hosts: the packets of each kind by the entries that explain them. */
export interface WireCompared {
  readonly lost: Explained;
  readonly altered: Explained;
  readonly late: Explained;
  readonly twice: Explained;
  /** Packets that arrived after one of their flow that was sent later. */
  readonly overtaken: Explained;
  /** Packets that arrived and that nobody sent. */
  readonly stray: Explained;
  readonly overtakenPackets: readonly PacketFact[];
  readonly strayPackets: readonly PacketFact[];
  /** Packets that the kernel of the wire dropped before the wire read them, and those that it did not forward. */
  readonly missed: number;
  readonly refused: number;
  readonly decisions: {
    readonly confirmed: number;
    readonly contradicted: number;
    readonly unknown: number;
    readonly reasons: Readonly<Partial<Record<WireReason, number>>>;
  };
  /** The first decisions that the packets contradict. */
  readonly contradicted: readonly {
    readonly id: number;
    readonly decision: string;
    readonly reason: WireReason;
    /** The capture with the frame. */
    readonly host: Host;
    readonly frame: number | undefined;
  }[];
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
  /** With a wire: the fault that explains it, and the id of its entry. */
  readonly why?: string;
  readonly entry?: number;
}
