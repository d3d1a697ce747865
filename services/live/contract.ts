/*
 * What the server and the page of the live view say to each other. Types alone, so that the page's modules import them too.
 */
import type { ProseNode } from '#analysis/sheets/views/prose-tree.ts';
import type { CommandName } from '#lib/live/remote.ts';

export type { ProseNode, ProseTag } from '#analysis/sheets/views/prose-tree.ts';
export type { Asked, CommandName, Refused } from '#lib/live/remote.ts';

/** What a link allows: a viewer's link only looks. */
export type Rights = 'control' | 'view';

/** `up` is to the server host, `down` to the client host; `other` has neither host at one of its ends. */
export type Direction = 'up' | 'down' | 'other';

/**
 * What became of a packet between both hosts. `travelling`: the other host has not captured it yet. `arrived`: it has, or
 * its capture lacks packets of that time. `lost`: the wire dropped
 * it. `altered`: the wire changed its bytes. `copied`: the wire made it, as a copy or of its own. `unseen`: the other host
 * did not capture it, and no journal has the reason.
 */
export type Fate = 'travelling' | 'arrived' | 'lost' | 'altered' | 'copied' | 'unseen';

/** A sentence of a journal about a packet. */
export interface Comment {
  readonly from: 'http' | 'echo' | 'wire';
  /** The fault or outcome, such as `corruption`, `timeout` or `200`. */
  readonly decision: string;
  readonly text: string;
  readonly verdict: 'confirmed' | 'contradicted' | 'unknown';
}

/** A packet between both hosts, once, although both captures have it. */
export interface LivePacket {
  /** From 1, in the order in which packets became known. */
  readonly id: number;
  /** When its sender captured it, in seconds since 1970; without the sender's capture, when the receiver did. */
  readonly time: number;
  /** When the receiver captured it. */
  readonly arrived?: number | undefined;
  readonly direction: Direction;
  /** Address and port, as `10.0.142.133:51234`; an address alone without ports. */
  readonly from: string;
  readonly to: string;
  readonly transport: 'tcp' | 'udp' | 'icmp' | 'other';
  /** Wireshark's columns. */
  readonly protocol: string;
  readonly info: string;
  /** Bytes of the frame, and of what TCP or UDP carries. */
  readonly length: number;
  readonly payload: number;
  /** A TCP segment has flags, as in Wireshark's column, `SYN, ACK`, and relative numbers. */
  readonly tcp?:
    | { readonly flags: string; readonly sequence: number; readonly ack: number; readonly window: number }
    | undefined;
  /** The same for all packets of a TCP connection, or between two UDP ports. */
  readonly conversation: string;
  /** Its frame number in the capture of each host. */
  readonly frames: { readonly client?: number | undefined; readonly server?: number | undefined };
  readonly fate: Fate;
  /** Wireshark warns of it, or it is a retransmission. */
  readonly isTrouble: boolean;
  readonly comments: readonly Comment[];
  /** What anybody on the way can read in it, such as `password`. */
  readonly exposes: readonly string[];
}

/** What became known of a packet later. A list replaces the list that was there. */
export type PacketChange = Pick<LivePacket, 'id'> &
  Partial<Pick<LivePacket, 'arrived' | 'frames' | 'fate' | 'comments' | 'exposes'>>;

/** Outcomes or faults of one server: configured probabilities, and how often each was decided in this run. */
export interface Tally {
  /** `http`, `echo-tcp`, `echo-udp`, `wire-up` or `wire-down`. */
  readonly decider: string;
  /** The fault profile or the conditions in force, as a person types them. */
  readonly profile: string;
  readonly seed?: string | undefined;
  readonly total: number;
  readonly counts: readonly {
    readonly name: string;
    /** Undefined where the profile gives none, as in a script. */
    readonly probability?: number | undefined;
    readonly count: number;
  }[];
}

/** A point of a chart: seconds since 1970, and a value. */
export type Point = readonly [time: number, value: number];

/** Additions to the charts since the message before. */
export interface Samples {
  /** Delay of each response and echo of a server, in ms, by decider. */
  readonly delays?: Readonly<Record<string, readonly Point[]>>;
  /** Round trips of TCP as the client host measured them, in ms. */
  readonly roundTrips?: readonly Point[];
  /** Payload in each second, in bytes, by direction. */
  readonly throughput?: { readonly up: readonly Point[]; readonly down: readonly Point[] };
  /** Packets in the queue of the wire, by direction. */
  readonly queue?: { readonly up: readonly Point[]; readonly down: readonly Point[] };
}

/** One point of the sequence plot of the transfer or flow under way. */
export interface SequencePoint {
  readonly conversation: string;
  readonly time: number;
  readonly kind: 'data' | 'retransmission' | 'ack';
  /** Stream offset of the first byte (TCP), or number of the segment (transfer). */
  readonly at: number;
  readonly packet: number;
}

/** A command of the client that runs in the client host. */
export interface CommandRun {
  readonly run: number;
  readonly command: CommandName;
  /** As one would type it: `make echo MSG=hello`. */
  readonly typed: string;
  /** When it was started, in seconds since 1970 by the clock of the captures. */
  readonly time: number;
}

/** Lines that a command printed together. */
export interface Printed {
  readonly run: number;
  /** When the lines arrived, in seconds since 1970 by the clock of the captures. */
  readonly time: number;
  /** The number of the first one among all lines of the run, from 1. */
  readonly first: number;
  readonly lines: readonly string[];
}

export interface Ended {
  readonly run: number;
  readonly code: number;
}

/** A run that is played was read to its end. */
export interface End {
  /** How many packets it has, and the first one that the server still has. */
  readonly packets: number;
  readonly first: number;
}

/**
 * Everything but packets that a page must know which begins, or begins again. It takes the place of what the page knew:
 * a problem that is not here is over, and a command that is not here has ended.
 */
export interface Beginning {
  readonly tallies: readonly Tally[];
  readonly samples: Samples;
  readonly sequence: readonly SequencePoint[];
  readonly problems: readonly LiveEvents['problem'][];
  readonly wire: LiveEvents['wire'];
  /** The commands that run, with their latest lines. */
  readonly runs: readonly (CommandRun & { readonly printed: readonly Printed[] })[];
  /** Those that ended last. */
  readonly ended: readonly Ended[];
  readonly end?: End | undefined;
}

/** The first message. */
export interface Hello {
  readonly rights: Rights;
  /** The start of the server. If it is another one than before, all earlier ids have no meaning any more. */
  readonly instance: string;
  /** The stream goes on where the one before broke off. Otherwise the newest packets follow. */
  readonly isContinued: boolean;
  /** The folder of a run that is played; undefined while the lab runs. */
  readonly played?: string | undefined;
  readonly name?: string | undefined;
  readonly addresses: { readonly client: string; readonly server: string };
  readonly ports: {
    readonly http: number;
    readonly https: number;
    readonly echo: number;
    readonly echoTls: number;
    readonly flow: number;
  };
  /** The address of the page for other machines, as `http://lab.school:8089`, if they can open it and it is known. */
  readonly forClass?: string | undefined;
  readonly hasTerminal: boolean;
  readonly hasCommands: boolean;
  /** How many packets the server of the page keeps. */
  readonly kept: number;
  /** Seconds since 1970 by the clock of the captures. */
  readonly now: number;
}

/** What a stream sends, by the name of its event. Each name has a JSON text of this type. */
export interface LiveEvents {
  readonly hello: Hello;
  /** Follows the packets with which a page begins. */
  readonly beginning: Beginning;
  /** A packet replaces the one with its id, if there is one. */
  readonly packets: readonly LivePacket[];
  readonly changes: readonly PacketChange[];
  /** The wire was inserted or removed. It has an address while it is there. */
  readonly wire: { readonly address?: string | undefined };
  readonly tallies: readonly Tally[];
  readonly samples: Samples;
  readonly sequence: readonly SequencePoint[];
  /**
   * Packets that were not sent to this page, since there were too many, and the ids around them. The newest packets follow
   * with all of their changes.
   */
  readonly omitted: { readonly count: number; readonly after: number; readonly before: number };
  readonly started: CommandRun;
  readonly printed: Printed;
  readonly ended: Ended;
  /** A sentence about something that is not as it should be; empty when it is well again. */
  readonly problem: { readonly about: string; readonly text: string };
  readonly end: End;
}

/** A node of Wireshark's tree. */
export interface Layer {
  readonly label: string;
  /** Name of the field in Wireshark's filter language. */
  readonly filter?: string | undefined;
  /** The bytes that it comes from: place in a source, and how many. */
  readonly source: number;
  readonly at?: number | undefined;
  readonly length?: number | undefined;
  readonly severity?: 'comment' | 'chat' | 'note' | 'warning' | 'error' | undefined;
  /** The packet that the field names. */
  readonly packet?: number | undefined;
  readonly layers: readonly Layer[];
}

/** Answer to `GET /packets/ID` and `GET /packets/ID?host=server`. */
export interface PacketDetail {
  readonly packet: LivePacket;
  /** Which host's capture the bytes are from: the sender's, or the one that was asked for. */
  readonly host: 'client' | 'server';
  /** The hosts whose captures have it. */
  readonly hosts: readonly ('client' | 'server')[];
  readonly layers: readonly Layer[];
  /** The frame, and what was put together or decrypted from it. Hex. */
  readonly sources: readonly { readonly name: string; readonly bytes: string }[];
  /** Where secrets are in plain text. */
  readonly secrets: readonly {
    readonly source: number;
    readonly at: number;
    readonly length: number;
    readonly what: string;
  }[];
}

/** Answer to `GET /filters?filter=…`: a filter as it is typed. */
export interface FilterCheck {
  /** Why it is no filter, in Wireshark's words; undefined when it is one. */
  readonly problem?: string | undefined;
  /** Fields that begin so. */
  readonly completions: readonly { readonly field: string; readonly name: string }[];
}

/** How an answer to a question of a sheet is given. */
export type AnswerForm =
  | { readonly kind: 'frame'; readonly capture: 'server' | 'client' | 'wire' }
  | { readonly kind: 'value'; readonly unit?: string | undefined }
  | { readonly kind: 'bytes' | 'order' }
  | {
      readonly kind: 'choice';
      /** What is answered, and what one reads. */
      readonly options: readonly { readonly name: string; readonly label: string }[];
    };

export interface SheetQuestion {
  readonly id: string;
  readonly points: number;
  /** Undefined when packets show it without an answer. */
  readonly form?: AnswerForm | undefined;
  /** The last answer. */
  readonly answer?: string | undefined;
}

/** A part of the prose, and the forms that follow it. */
export interface SheetPart {
  readonly nodes: readonly ProseNode[];
  readonly questions: readonly SheetQuestion[];
}

/** Answer to `GET /sheet`, for the link with the controls alone: the sheet of the run; null when it belongs to none. */
export interface LiveSheet {
  /** The language of the prose, as an HTML page names it. */
  readonly language: string;
  readonly student: string;
  /** Empty without a course. */
  readonly course: string;
  readonly minutes: number;
  readonly parts: readonly SheetPart[];
  /** A run that is played takes no answers. */
  readonly isReadOnly: boolean;
}

/** Answer to `POST /sheet/answers` with the `question` and the `answer`, a text: what was kept. */
export interface KeptAnswer {
  readonly question: string;
  readonly answer: string;
  /** The answer before it. */
  readonly before?: string | undefined;
}

/** Whether a question is done, as `make check` says it. */
export interface SheetResult {
  readonly question: string;
  readonly points: number;
  readonly scored: number;
  readonly state: 'done' | 'not-yet' | 'wrong';
  /** A sentence that does not contain the right answer. */
  readonly reason: string;
  readonly hint?: string | undefined;
  readonly answer?: string | undefined;
  /** The first frames that show it, once it is done. */
  readonly frames: readonly {
    readonly capture: 'server' | 'client' | 'wire';
    readonly number: number;
    /** Its packet; undefined when the server does not keep it, or when only the wire captured it. */
    readonly packet?: number | undefined;
  }[];
  /** How many frames there are. */
  readonly allFrames: number;
}

/** Answer to `GET /sheet/results`, for the link with the controls alone. */
export interface SheetResults {
  readonly points: number;
  readonly scored: number;
  readonly results: readonly SheetResult[];
}
