import type { ServerResponse } from 'node:http';
import { Refusal } from '#lib/live/refusal.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Beginning, Hello } from '../../contract.ts';
import type { Feed } from '../../feed/feed.ts';
import type { StartMatching } from '../wireshark/programs.ts';
import { allPackets } from './all-packets.ts';
import { Channel } from './channel.ts';
import { FilteredPackets } from './filtered.ts';
import { type LiveEvent, type Message, messageOf } from './message.ts';
import { Reader } from './reader.ts';

/** Time between two comments that keep a stream open, in ms. */
const BEAT_MS = 15_000;
/** How long a filter that no page has any more keeps its tshark, in ms. */
const LINGER_MS = 30_000;
/** Bytes of messages that a channel keeps for its slow readers. */
const KEPT_BYTES = 4 * 1024 * 1024;
/** Display filters that are in use at once. Each has a tshark. */
export const MOST_FILTERS = 8;

export interface StreamsParts {
  readonly feed: Feed;
  /** Tells the starts of the server apart. */
  readonly instance: string;
  /** How many pages may be open at once, and the setting that says so. */
  readonly most: number;
  /** What a page must know beside the state of the feed. */
  readonly more: () => Pick<Beginning, 'wire' | 'runs' | 'ended'>;
  readonly startMatching: StartMatching;
  readonly timer: Timer;
  readonly onProblem: (problem: string) => void;
}

/** How a page asks for its stream. */
export interface Asked {
  readonly response: ServerResponse;
  readonly filter?: string | undefined;
  readonly lastEventId?: string | undefined;
  readonly hello: Omit<Hello, 'instance' | 'isContinued'>;
}

interface Filtered {
  readonly filter: string;
  readonly packets: FilteredPackets;
  readonly channel: Channel;
  users: number;
  cancelEnd: (() => void) | undefined;
}

/** The streams of all pages: one channel for all packets, and one for each display filter in use. */
export class Streams {
  readonly #parts: StreamsParts;
  readonly #all: Channel;
  readonly #filtered = new Map<string, Filtered>();
  readonly #readers = new Map<Reader, ServerResponse>();
  readonly #stopListening: () => void;
  #cancelBeat: () => void;
  #channels = 0;
  #isAwake = false;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.#all = new Channel('all', allPackets(parts.feed, this.#state), KEPT_BYTES, this.#wake);
    this.#stopListening = parts.feed.listen((event) => {
      const message = messageOf(event);
      this.#all.add(message);
      // A filter decides which of these its pages get.
      if (event.name === 'packets' || event.name === 'changes' || event.name === 'omitted') return;
      this.#toFiltered(message);
    });
    this.#cancelBeat = parts.timer(BEAT_MS, this.#beat);
  }

  /** How many pages are open. */
  get size(): number {
    return this.#readers.size;
  }

  /** Sends an event to all pages. */
  emit(event: LiveEvent): void {
    const message = messageOf(event);
    this.#all.add(message);
    this.#toFiltered(message);
  }

  /**
   * Begins a stream, unless the page has left already, of which no event would tell. A filter must be a valid one.
   *
   * @throws Refusal when too many pages or filters are in use
   */
  open({ response, filter, lastEventId, hello }: Asked): void {
    const { most, instance } = this.#parts;
    if (response.destroyed) return;
    if (this.#readers.size >= most)
      throw new Refusal(503, `${most} pages are open already; LIVE_VIEWERS allows more`);
    const filtered = filter === undefined ? undefined : this.#use(filter);
    const reader = new Reader(response, filtered?.channel ?? this.#all, instance);
    this.#readers.set(reader, response);
    response.once('close', () => {
      this.#readers.delete(reader);
      if (filtered) this.#release(filtered);
    });
    response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
    reader.begin(lastEventId, (isContinued) =>
      messageOf({ name: 'hello', data: { ...hello, instance, isContinued } }),
    );
  }

  /**
   * Does something with the packets that match a filter, once the history is decided.
   *
   * @throws Refusal when too many filters are in use
   */
  async withFilter<Result>(filter: string, use: (packets: FilteredPackets) => Result): Promise<Result> {
    const filtered = this.#use(filter);
    try {
      await filtered.packets.begun();
      return use(filtered.packets);
    } finally {
      this.#release(filtered);
    }
  }

  close(): void {
    this.#stopListening();
    this.#cancelBeat();
    for (const response of this.#readers.values()) response.destroy();
    for (const filtered of [...this.#filtered.values()]) this.#end(filtered);
  }

  readonly #state = (): Beginning => {
    const { tallies, samples, sequence, problems, end } = this.#parts.feed.state();
    return { tallies, samples, sequence, problems, end, ...this.#parts.more() };
  };

  /** Sends what is new, once for all messages of this turn of the event loop. */
  readonly #wake = (): void => {
    if (this.#isAwake) return;
    this.#isAwake = true;
    setImmediate(() => {
      this.#isAwake = false;
      for (const reader of this.#readers.keys()) reader.pump();
    });
  };

  readonly #beat = (): void => {
    for (const [reader, response] of this.#readers) if (!reader.beat()) response.destroy();
    this.#cancelBeat = this.#parts.timer(BEAT_MS, this.#beat);
  };

  #toFiltered(message: Message): void {
    for (const { channel } of this.#filtered.values()) channel.add(message);
  }

  #use(filter: string): Filtered {
    const filtered = this.#filtered.get(filter) ?? this.#start(filter);
    filtered.users += 1;
    filtered.cancelEnd?.();
    filtered.cancelEnd = undefined;
    return filtered;
  }

  #start(filter: string): Filtered {
    if (this.#filtered.size >= MOST_FILTERS) this.#endUnused();
    if (this.#filtered.size >= MOST_FILTERS) {
      const inUse = [...this.#filtered.keys()].map((one) => `"${one}"`).join(', ');
      throw new Refusal(
        503,
        `filter is "${filter}"; ${MOST_FILTERS} others are in use, which is all: ${inUse}`,
      );
    }
    const { feed, startMatching, onProblem } = this.#parts;
    this.#channels += 1;
    const packets = new FilteredPackets({
      feed,
      startMatching: (own) => startMatching({ filter, ...own }),
      emit: (event) => channel.add(messageOf(event)),
      onFailure: (why) => {
        onProblem(`the filter "${filter}" has ended: ${why}`);
        this.#end(filtered);
      },
    });
    const channel = new Channel(`f${this.#channels}`, packets.source(this.#state), KEPT_BYTES, this.#wake);
    const filtered: Filtered = { filter, packets, channel, users: 0, cancelEnd: undefined };
    this.#filtered.set(filter, filtered);
    return filtered;
  }

  #release(filtered: Filtered): void {
    filtered.users -= 1;
    if (filtered.users > 0 || this.#filtered.get(filtered.filter) !== filtered) return;
    filtered.cancelEnd = this.#parts.timer(LINGER_MS, () => this.#end(filtered));
  }

  /** Ends the filter that no page has, if there is one, before its time. */
  #endUnused(): void {
    const unused = [...this.#filtered.values()].find(({ users }) => users === 0);
    if (unused) this.#end(unused);
  }

  /** Ends a filter with its pages. */
  #end(filtered: Filtered): void {
    this.#filtered.delete(filtered.filter);
    filtered.cancelEnd?.();
    filtered.packets.end();
    for (const [reader, response] of this.#readers)
      if (reader.channel === filtered.channel) response.destroy();
  }
}
