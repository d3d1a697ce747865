import type { Compared, WireCompared } from '#analysis/compare/compared.ts';
import type { Demo } from '#analysis/experiments/results.ts';
import type { FlowFacts } from '#analysis/flows/facts.ts';
import type { Reason, Verdict } from '#analysis/join/verdicts.ts';
import type { Decider } from '#lib/lab/deciders.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Ports, ServerName } from '#lib/lab/ports.ts';

/*
 * The facts of a report, as in captures/report.json. Times are ISO 8601 in UTC, `at` is seconds since the first frame of
 * the server's capture, and frames are numbers in that capture unless stated otherwise.
 */

export interface Report extends Demo {
  readonly made: string;
  readonly lab: {
    readonly addresses: Readonly<Record<Host, string>>;
    readonly ports: Ports;
    /** Versions by name: wirelab, Node.js, tshark. */
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly captures: readonly CaptureFacts[];
  /** Captured datagrams that the kernel dropped before the echo server, because the socket's buffer was full. */
  readonly lostDatagrams: number;
  readonly periods: readonly Period[];
  readonly decisions: readonly DecisionPoint[];
  /** The number of all decisions; the list has some thousands at most. */
  readonly decisionsInAll: number;
  readonly delays: readonly Delay[];
  readonly ladders: readonly Ladder[];
  readonly transfers: readonly TransferPlot[];
  /** Large TCP flows, by the captures of their senders. */
  readonly flows: readonly FlowFacts[];
  readonly flowsInAll: number;
  readonly exposed: readonly ExposedFact[];
  readonly exposedInAll: number;
  readonly matching: MatchingFacts;
  /** Undefined if only one capture can be read. */
  readonly compared: Compared | undefined;
  /** What the wire between the hosts did; undefined without one. */
  readonly wire?: WireFacts | undefined;
}

/** The wire between the hosts, and what packets show of its decisions. `up` is from the client to the server. */
export interface WireFacts {
  readonly address: string;
  /** What was in force from when on, as a person types it. */
  readonly conditions: readonly {
    readonly from: string;
    readonly seed: string;
    readonly up: string;
    readonly down: string;
  }[];
  readonly faults: readonly WireFaultFacts[];
  readonly decisions: WireCompared['decisions'];
  /** The times on the way of packets with a delay; undefined without any. */
  readonly delays:
    | {
        readonly count: number;
        /** For each share: the longest delay of those packets, in seconds, as it was decided and as packets show it. */
        readonly shares: readonly {
          readonly share: number;
          readonly decided: number;
          readonly seen: number;
        }[];
      }
    | undefined;
  /** How many packets waited for the link, in each direction where any did. */
  readonly queues: readonly {
    readonly direction: 'up' | 'down';
    readonly points: readonly { readonly at: number; readonly packets: number }[];
    readonly dropped: number;
  }[];
}

/** A fault in one direction, while conditions were the same. */
export interface WireFaultFacts {
  /** When these conditions began. */
  readonly from: string;
  readonly direction: 'up' | 'down';
  readonly fault: string;
  /** The configured probability; undefined if none applies to every packet. */
  readonly configured: number | undefined;
  /** All packets of that time and direction. */
  readonly packets: number;
  readonly decided: number;
  /** How many of these decisions the packets confirm. */
  readonly confirmed: number;
  /** The 95 % interval of the share of confirmed ones among all packets. */
  readonly low: number;
  readonly high: number;
}

export interface CaptureFacts {
  readonly host: Host;
  readonly frames: number;
  readonly first?: string;
  readonly last?: string;
  /** For the server: the frames to or from a port of the servers. */
  readonly ofServers?: number;
  /** Why it can't be read, or not to its end. */
  readonly problem?: string;
}

/** A time in which one profile was active at one server. */
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
  /** The configured probability; undefined for a script. */
  readonly configured: number | undefined;
  /** How many entries have this outcome. */
  readonly journaled: number;
  /** How many of these the packets confirm. */
  readonly seen: number;
  /** The 95 % interval of the share in the packets. */
  readonly low: number;
  readonly high: number;
}

export interface DecisionPoint {
  readonly at: number;
  readonly decider: Decider;
  readonly outcome: string;
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** Seconds from the request to its response. */
  readonly took?: number;
  /** Seconds from a request without a response to the end of its connection. */
  readonly waited?: number;
  readonly frame?: number;
}

/** A delayed response; times in seconds. */
export interface Delay {
  readonly decider: Decider;
  readonly configured: number;
  readonly seen: number;
  readonly frame: number;
}

/** An exchange as a ladder: client on the left, server on the right, time downwards. */
export interface Ladder {
  readonly title: string;
  readonly client: string;
  readonly server: string;
  readonly rungs: readonly Rung[];
  /** How many more rungs there are. */
  readonly moreRungs: number;
}

export interface Rung {
  readonly frame: number;
  /** Seconds since the first rung. */
  readonly at: number;
  readonly toServer: boolean;
  readonly protocol: string;
  readonly info: string;
  /** Hex digits of the payload; may be empty. */
  readonly bytes: string;
  /** Offsets of bytes that differ between message and echo, from 0. */
  readonly marked?: readonly number[];
  /** The journal entries that it shows. */
  readonly comment?: string;
  /** It was lost on the way. */
  readonly isLost?: true;
  /** The frame is one of the client's capture, because the packet never reached the server's. */
  readonly ofClient?: true;
  /** How many frames of earlier exchanges on the connection are left out before it. */
  readonly earlier?: number;
}

/** One direction of a reliable transfer: its numbered datagrams and the ACKs for them. */
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

/** How journal entries and packets match. */
export interface MatchingFacts {
  /** One sentence about the clocks of capture and journals, if they disagree. */
  readonly clock?: string | undefined;
  /** Counts of entries. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly reasons: Readonly<Partial<Record<Reason, number>>>;
  /** The first entries that are contradicted or unknown. */
  readonly entries: readonly {
    readonly id: number;
    readonly decider: Decider;
    readonly decision: string;
    readonly verdict: Verdict;
    readonly reason: Reason;
    readonly frame?: number;
  }[];
  /** The first exchanges without an entry. */
  readonly withoutEntry: readonly {
    readonly client: string;
    readonly server: string;
    readonly from: 'client' | 'server';
    readonly what: string;
    readonly frames: readonly number[];
  }[];
  /** The first failed TLS handshakes. */
  readonly handshakes: readonly {
    readonly id: number;
    readonly server: ServerName;
    readonly client: string;
    readonly reason: string;
    /** The frame of the alert, or the last one of the connection. */
    readonly frame: number;
  }[];
  readonly entriesInAll: number;
  readonly withoutEntryInAll: number;
  readonly handshakesInAll: number;
}
