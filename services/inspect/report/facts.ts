import type { Host } from '../capture-files.ts';
import type { Decider } from '../entries.ts';
import type { Ports, ServerName } from '../frames.ts';
import type { Verdict } from '../join/verdicts.ts';

/*
 * What a report says, as captures/report.json has it. Times are ISO 8601 in UTC, `at` is seconds since the first frame
 * of the server's capture, frames are numbers in that capture unless told.
 */

export interface Report extends Demo {
  readonly made: string;
  readonly lab: {
    readonly addresses: Readonly<Record<Host, string>>;
    readonly ports: Ports;
    /** Name to version: wirelab, Node.js, tshark. */
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly captures: readonly CaptureFacts[];
  /** Datagrams that are in the capture and never got to the echo server, as the buffer of its socket was full. */
  readonly lostDatagrams: number;
  readonly periods: readonly Period[];
  readonly decisions: readonly DecisionPoint[];
  /** How many decisions there are in all; the list above is cut at some thousands. */
  readonly decisionsInAll: number;
  readonly delays: readonly Delay[];
  readonly ladders: readonly Ladder[];
  readonly transfers: readonly TransferPlot[];
  readonly exposed: readonly ExposedFact[];
  readonly exposedInAll: number;
  readonly ties: Ties;
  /** Undefined when there is only one capture. */
  readonly compared: Compared | undefined;
}

/** What the packets of a demo say; of another run nothing. */
export interface Demo {
  readonly experiments: readonly Experiment[];
  /** The same exchanges in plain text, over TLS, and over TLS whose keys are kept. */
  readonly threeWays: readonly ThreeWays[];
}

export interface CaptureFacts {
  readonly host: Host;
  readonly frames: number;
  readonly first?: string;
  readonly last?: string;
  /** Of the server: how many frames are of its ports. */
  readonly ofServers?: number;
  /** Why it could not be read, or not to its end. */
  readonly problem?: string;
}

/** An experiment of the demo. */
export interface Experiment {
  /** Section of the second seed document, or empty. */
  readonly section: string;
  readonly title: string;
  readonly expected: string;
  readonly seen: string;
  readonly agrees: boolean;
  /** Frames that show it, with their octets where they matter. */
  readonly evidence: readonly Evidence[];
}

export interface Evidence {
  readonly frame: number;
  /** As Wireshark's columns have it. */
  readonly info: string;
  readonly says: string;
  /** Hex digits of the payload. */
  readonly bytes: string;
  /** Octets to mark, from 0. */
  readonly marked?: readonly number[];
}

/** Ways in which the same is said. */
export const wayNames = ['plain text', 'TLS', 'TLS, and its keys'] as const;
export type WayName = (typeof wayNames)[number];

/** What was said three times. */
export interface ThreeWays {
  readonly what: string;
  readonly agrees: boolean;
  readonly seen: string;
  /** What an eavesdropper is after, as it stands on the wire, and as a person reads it. */
  readonly secret: string;
  readonly reads: string;
  /** How the one is the other. */
  readonly note?: string | undefined;
  /** Those that were found. */
  readonly ways: readonly Way[];
}

export interface Way {
  readonly name: WayName;
  /** The frame that carries what the client asks. */
  readonly frame: number;
  /** Hex digits of what it asks: over TLS of the record, with its header. */
  readonly wire: string;
  /** Octets of the secret in it, from 0. */
  readonly marked: readonly number[];
  readonly readBy: 'everybody' | 'key holders' | 'nobody';
  /** What the keys open, of the client's side. */
  readonly opened?: string | undefined;
  /** Where the client names the server, in hex digits and octets. */
  readonly hello?:
    | { readonly frame: number; readonly wire: string; readonly marked: readonly number[] }
    | undefined;
  /** What can be told without reading it. */
  readonly outside: readonly { readonly what: string; readonly is: string }[];
}

/** A time in which one profile was in force at one server. */
export interface Period {
  readonly decider: Decider;
  readonly from: string | undefined;
  readonly profile: string;
  readonly seed: string | undefined;
  readonly total: number;
  readonly outcomes: readonly OutcomeFacts[];
}

export interface OutcomeFacts {
  readonly outcome: string;
  /** Probability; undefined under a script. */
  readonly configured: number | undefined;
  /** How many entries say so. */
  readonly journaled: number;
  /** Of how many of these the packets confirm it. */
  readonly seen: number;
  /** 95 % interval of the share that the packets show. */
  readonly low: number;
  readonly high: number;
}

export interface DecisionPoint {
  readonly at: number;
  readonly decider: Decider;
  readonly outcome: string;
  readonly verdict: Verdict;
  /** Seconds from the request to its answer. */
  readonly took?: number;
  /** Seconds from a request that got no answer to the end of its connection. */
  readonly waited?: number;
  readonly frame?: number;
}

/** A delayed answer, in seconds. */
export interface Delay {
  readonly decider: Decider;
  readonly configured: number;
  readonly seen: number;
  readonly frame: number;
}

/** An exchange as a ladder: client left, server right, time down. */
export interface Ladder {
  readonly title: string;
  readonly client: string;
  readonly server: string;
  readonly rungs: readonly Rung[];
  /** Rungs beyond those that are shown. */
  readonly left: number;
}

export interface Rung {
  readonly frame: number;
  /** Seconds since the first rung. */
  readonly at: number;
  readonly toServer: boolean;
  readonly protocol: string;
  readonly info: string;
  /** Hex digits of the payload, empty without one. */
  readonly bytes: string;
  /** Octets that are not those of the message, or of its answer, from 0. */
  readonly marked?: readonly number[];
  /** What the journal says of it. */
  readonly comment?: string;
  /** Frames of earlier exchanges on the connection that are not shown before it. */
  readonly earlier?: number;
}

/** One way of a reliable transfer: what left its sender and the ACKs that came back. */
export interface TransferPlot {
  readonly id: string;
  readonly mode: string;
  readonly toServer: boolean;
  readonly points: readonly TransferPoint[];
  readonly retransmissions: number;
}

export interface TransferPoint {
  readonly at: number;
  readonly kind: 'sent' | 'retransmission' | 'ack';
  readonly sequence: number;
  readonly frame: number;
}

export interface ExposedFact {
  readonly frame: number;
  readonly what: string;
  readonly text: string;
}

export interface Ties {
  /** What is to be known of the clocks of capture and journals, if anything. */
  readonly clock?: string | undefined;
  readonly verdicts: Readonly<Partial<Record<Verdict, number>>>;
  /** Entries that could not be tied; the first of them. */
  readonly entries: readonly {
    readonly id: number;
    readonly decider: Decider;
    readonly says: string;
    readonly verdict: Verdict;
    readonly frame?: number;
  }[];
  /** Packets of which no entry speaks; the first of them. */
  readonly loose: readonly {
    readonly client: string;
    readonly server: string;
    readonly from: 'client' | 'server';
    readonly what: string;
    readonly frames: readonly number[];
  }[];
  /** TLS handshakes that failed; the first of them. */
  readonly handshakes: readonly {
    readonly id: number;
    readonly server: ServerName;
    readonly client: string;
    readonly reason: string;
    /** Of the alert, or the last one of the connection. */
    readonly frame: number;
  }[];
  readonly entriesInAll: number;
  readonly looseInAll: number;
  readonly handshakesInAll: number;
}

/** Both captures, packet by packet. */
export interface Compared {
  /** Captures that break off, and why. */
  readonly cut: readonly string[];
  /** Hosts in whose captures no packet is from one host to the other. */
  readonly without: readonly Host[];
  readonly arrived: number;
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
