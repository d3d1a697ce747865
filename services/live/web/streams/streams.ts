import type { ServerResponse } from 'node:http';
import { Refusal } from '#lib/live/refusal.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Beginning, Hello } from '../../contract.ts';
import type { Feed } from '../../feed/feed.ts';
import { type Asker, Shares } from '../shares.ts';
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
/** Display filters that are in use at once: all, those of a class, and those of one of its clients. Each has a tshark. */
const MOST_FILTERS = 8;
const MOST_OF_CLASS = 6;
const MOST_OF_CLIENT = 3;
/** Pages that only the controls can have beside as many as there may be. */
const KEPT_FOR_CONTROLS = 8;

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
  readonly asker: Asker;
  readonly filter?: string | undefined;
  readonly lastEventId?: string | undefined;
  readonly hello: Omit<Hello, 'instance' | 'isContinued'>;
}

interface Filtered {
  readonly filter: string;
  /** Who has asked for it first. */
  readonly asker: Asker;
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
  /** The places of pages that only look. */
  readonly #places: Shares;
  readonly #stopListening: () => void;
  #cancelBeat: () => void;
  #channels = 0;
  #isAwake = false;

  constructor(parts: StreamsParts) {
    this.#parts = parts;
    this.#places = new Shares(parts.most);
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
  open({ response, asker, filter, lastEventId, hello }: Asked): void {
    const { instance } = this.#parts;
    if (response.destroyed) return;
    this.#mustHavePlace(asker);
    const filtered = filter === undefined ? undefined : this.#use(filter, asker);
    const leave = asker.rights === 'view' ? this.#places.take(asker.client) : () => undefined;
    const reader = new Reader(response, filtered?.channel ?? this.#all, instance);
    this.#readers.set(reader, response);
    response.once('close', () => {
      this.#readers.delete(reader);
      leave();
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
  async withFilter<Result>(
    filter: string,
    asker: Asker,
    use: (packets: FilteredPackets) => Result,
  ): Promise<Result> {
    const filtered = this.#use(filter, asker);
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

  #mustHavePlace({ rights, client }: Asker): void {
    const { most } = this.#parts;
    const limit = rights === 'view' ? this.#places.limitFor(client) : undefined;
    if (limit === 'each')
      throw new Refusal(
        503,
        `${this.#places.each} pages are open at ${client} already, which is half of all; LIVE_VIEWERS allows more`,
      );
    if (limit === 'most' || this.#readers.size >= most + KEPT_FOR_CONTROLS)
      throw new Refusal(503, `${this.#readers.size} pages are open already; LIVE_VIEWERS allows more`);
  }

  #use(filter: string, asker: Asker): Filtered {
    const filtered = this.#filtered.get(filter) ?? this.#start(filter, asker);
    filtered.users += 1;
    filtered.cancelEnd?.();
    filtered.cancelEnd = undefined;
    return filtered;
  }

  #start(filter: string, asker: Asker): Filtered {
    this.#makeRoom(filter, asker);
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
    const filtered: Filtered = { filter, asker, packets, channel, users: 0, cancelEnd: undefined };
    this.#filtered.set(filter, filtered);
    return filtered;
  }

  #release(filtered: Filtered): void {
    filtered.users -= 1;
    if (filtered.users > 0 || this.#filtered.get(filtered.filter) !== filtered) return;
    filtered.cancelEnd = this.#parts.timer(LINGER_MS, () => this.#end(filtered));
  }

  /**
   * Ends a filter before its time that no page has any more, where a limit leaves no room for another one.
   *
   * @throws Refusal when all are in use
   */
  #makeRoom(filter: string, { rights, client }: Asker): void {
    const all = () => [...this.#filtered.values()];
    const ofClass = () => (rights === 'view' ? all().filter((one) => one.asker.rights === 'view') : []);
    const ofClient = () => (client === undefined ? [] : all().filter((one) => one.asker.client === client));
    for (const { found, most, whose } of [
      { found: ofClient, most: MOST_OF_CLIENT, whose: ` of ${client}` },
      { found: ofClass, most: MOST_OF_CLASS, whose: ' of pages that only look' },
      { found: all, most: MOST_FILTERS, whose: '' },
    ]) {
      if (found().length < most) continue;
      const unused = found().find(({ users }) => users === 0);
      if (unused) this.#end(unused);
      else {
        const inUse = found().map((one) => `"${one.filter}"`);
        throw new Refusal(
          503,
          `filter is "${filter}"; ${most} others${whose} are in use, which is all: ${inUse.join(', ')}`,
        );
      }
    }
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
