import type { Compared } from '#analysis/compare/compared.ts';
import type { Demo } from '#analysis/experiments/results.ts';
import type { Verdict } from '#analysis/join/verdicts.ts';
import type { Decider } from '#lib/lab/deciders.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Ports, ServerName } from '#lib/lab/ports.ts';

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
  /** Bytes that are not those of the message, or of its answer, from 0. */
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
