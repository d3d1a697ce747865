import type { RunDefaults } from '#lib/journal/run.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import type { LiveEvents, LivePacket, Samples, SequencePoint, Tally } from '../contract.ts';

/** What a feed finds out, by the names of the page's events. */
export type FeedEvent = {
  [Name in FeedEventName]: { readonly name: Name; readonly data: LiveEvents[Name] };
}[FeedEventName];

export type FeedEventName =
  | 'packets'
  | 'changes'
  | 'tallies'
  | 'samples'
  | 'sequence'
  | 'omitted'
  | 'problem'
  | 'end';

/** A frame as the capture of a host has it. */
export interface RawFrame {
  readonly host: Host;
  /** As many bytes as were captured. */
  readonly bytes: Buffer;
  /** The bytes that it had on the wire. */
  readonly length: number;
  /** The link type of its capture, as the head of a pcap has it: 1 for Ethernet. */
  readonly linkType: number;
  /** Seconds since 1970. */
  readonly time: number;
}

export interface StoredPacket {
  /** With all changes so far. */
  readonly packet: LivePacket;
  /** The frames of both captures, the sender's first. One that was cut on the way has several. */
  readonly raw: readonly RawFrame[];
}

/** The newest packets. Those that exceed the limits are forgotten, the oldest first. */
export interface History {
  get(id: number): StoredPacket | undefined;
  /** In the order of their ids. */
  newest(count: number): readonly StoredPacket[];
  /** The newest ones before an id, in the order of their ids. */
  before(id: number, count: number): readonly StoredPacket[];
  /** Those that follow an id, in the order of their ids. */
  after(id: number, count: number): readonly StoredPacket[];
  /** The packets of the conversation of a packet up to that one, in the order of their ids; of many the newest. */
  conversationUpTo(id: number, limit: number): readonly StoredPacket[];
  readonly size: number;
}

/** What a page must know that connects later. */
export interface FeedState {
  /** The address of the wire, if the run has one so far. */
  readonly wire?: string | undefined;
  readonly tallies: readonly Tally[];
  /** Each with a text. */
  readonly problems: readonly LiveEvents['problem'][];
  /** The latest samples and points. */
  readonly samples: Samples;
  readonly sequence: readonly SequencePoint[];
  /** A run that is played was read to its end. */
  readonly end?: LiveEvents['end'] | undefined;
}

export interface Feed {
  readonly history: History;
  /** Receives all events from now on, until the returned function is called. */
  listen(listener: (event: FeedEvent) => void): () => void;
  state(): FeedState;
  close(): Promise<void>;
}

/** How many packets, and how many bytes of frames, the history keeps. */
export interface Kept {
  readonly packets: number;
  readonly bytes: number;
}

/** The clock of this machine, which is also that of its captures and journals. */
export interface Clock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: Sleep;
}

export interface FeedOptions {
  /** The folder with the captures and journals. */
  readonly folder: string;
  /** Reads a run that has ended once, as fast as it can be read. Otherwise the files are followed as they grow. */
  readonly isPlayed?: boolean;
  /** Addresses and ports for a run whose record lacks them. */
  readonly defaults: RunDefaults;
  readonly kept?: Kept;
  /** A run that is followed begins at about this many of its newest packets. */
  readonly begins?: number;
  /** Path of the lab's dissector. */
  readonly dissector?: string | undefined;
  readonly clock: Clock;
  /** Ends the feed, like `close`. */
  readonly signal: AbortSignal;
}
