import type { Beginning, Hello, LiveEvents, LivePacket, SequencePoint, Tally } from '../../contract.ts';
import { Announcer } from './announcer.ts';
import { filmOf } from './film.ts';
import type { Omission } from './items.ts';
import { Lines } from './lines.ts';
import { paceOf, type Slowness, USUAL } from './pace.ts';
import { KEPT, Packets } from './packets.ts';
import { Player } from './player.ts';
import { Series } from './series.ts';
import { Value } from './value.ts';

/**
 * `gone`: it was connected, and tries again. `refused`: the link is not valid any more. `declined`: the server does not
 * serve this page now, and says why.
 */
export type Connection = 'connecting' | 'open' | 'gone' | 'refused' | 'declined';

/** Where packets are: the newest ones before an id, or those that follow one. */
export type From = { readonly before: number } | { readonly after: number };

export interface Parts {
  /** Packets of the filter in force, oldest first. */
  readonly ask: (from: From, count: number) => Promise<readonly LivePacket[]>;
  /** Whether a filter is in force, so that ids have gaps. */
  readonly isFiltered: () => boolean;
  /** Seconds since 1970 by the page's clock. */
  readonly now: () => number;
  readonly say: (text: string) => void;
  readonly isStill: () => boolean;
}

/** Points of a sequence plot, at most. */
const MOST_POINTS = 4_000;
const MOST_OMISSIONS = 100;
/** Packets that are loaded when the reader goes back or on, and the most that the server gives at once. */
const PAGE = 1_000;
const MOST_ASKED = 2_000;
/** The problem that packets can't be loaded, which the page itself finds. */
const LOADING = 'loading';
/** How many times as long as making a film took, until it is made again. */
const LOAD_RESTS = 4;
/** In seconds: after a refusal nothing is asked for this time. */
const AGAIN = 3;

/** All that a page knows, and what it makes of each event. */
export class Session {
  readonly packets = new Packets();
  readonly lines = new Lines();
  readonly player: Player;
  readonly announcer: Announcer;
  readonly hello = new Value<Hello | undefined>(undefined);
  readonly connection = new Value<Connection>('connecting');
  /** Why the server does not serve this page now. */
  readonly declined = new Value<readonly string[]>([]);
  /** How many packets a run has that is played and was read to its end. */
  readonly end = new Value<number | undefined>(undefined);
  /** The first packet that the server still has, as far as the page knows. */
  readonly earliest = new Value(1);
  /** How many packets at the begin of a run that is played the server does not keep. */
  readonly missing = new Value(0);
  /** The address of the wire, while it is there. */
  readonly wire = new Value<string | undefined>(undefined);
  readonly tallies = new Value<readonly Tally[]>([]);
  readonly problems = new Value<readonly LiveEvents['problem'][]>([]);
  /** Commands that run have changed. */
  readonly runs = new Value(0);
  readonly speed = new Value<Slowness>(USUAL);
  /** The packet where the reader is, and the one whose panel is open. */
  readonly chosen = new Value<number | undefined>(undefined);
  readonly opened = new Value<number | undefined>(undefined);
  /** Packets and lines of one moment, marked in both lists. */
  readonly marked = new Value<{ readonly packets: ReadonlySet<number>; readonly lines: ReadonlySet<number> }>(
    NONE,
  );
  readonly delays = new Map<string, Series>();
  readonly roundTrips = new Series();
  readonly throughput = { up: new Series(), down: new Series() };
  readonly queue = { up: new Series(), down: new Series() };
  readonly #parts: Parts;
  #omissions: readonly Omission[] = [];
  #omitted = 0;
  #sequence: SequencePoint[] = [];
  #samples = 0;
  #drift = 0;
  #loaded = { version: -1, slowness: 0 };
  #loadsAt = 0;
  #asking: Promise<void> | undefined;
  #asksAgainAt = 0;
  /** Answers from before the last one are of another filter, or of another server. */
  #beginnings = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.player = new Player(paceOf(USUAL), { isStill: parts.isStill });
    this.announcer = new Announcer(parts.say);
  }

  /** Now, in seconds by the clock of the captures. */
  get now(): number {
    return this.#parts.now() + this.#drift;
  }

  get omissions(): readonly Omission[] {
    return this.#omissions;
  }

  /** Packets that the server did not send to this page. */
  get omitted(): number {
    return this.#omitted;
  }

  get sequence(): readonly SequencePoint[] {
    return this.#sequence;
  }

  /** Changes with the data of the charts. */
  get samplesVersion(): number {
    return this.#samples;
  }

  get isPlayed(): boolean {
    return this.hello.get()?.played !== undefined;
  }

  /** Whether a run that is played was read to its end. */
  get isRead(): boolean {
    return this.end.get() !== undefined;
  }

  /** Whether the server may have packets before the first one here. */
  get hasEarlier(): boolean {
    const first = this.packets.firstId;
    return first !== undefined && first > this.earliest.get();
  }

  readonly receivers: { readonly [Name in keyof LiveEvents]: (data: LiveEvents[Name]) => void } = {
    hello: (hello) => this.#greet(hello),
    beginning: (beginning) => this.#begin(beginning),
    packets: (packets) => {
      const since = this.hello.get()?.now ?? 0;
      if (packets.some(({ time }) => time >= since)) {
        // What was there before is no news.
        this.#load(this.speed.get());
        this.player.begin();
      }
      this.packets.add(packets);
    },
    changes: (changes) => this.packets.change(changes),
    wire: ({ address }) => this.wire.set(address),
    tallies: (tallies) => this.tallies.set(merged(this.tallies.get(), tallies)),
    samples: (samples) => this.#addSamples(samples),
    sequence: (points) => {
      this.#sequence.push(...points);
      if (this.#sequence.length > MOST_POINTS * 1.2) this.#sequence = this.#sequence.slice(-MOST_POINTS);
      this.#samples += 1;
    },
    omitted: (omission) => {
      this.#omitted += omission.count;
      this.#omit(omission);
    },
    started: (run) => this.#ofRuns(() => this.lines.start(run)),
    printed: (printed) => this.#ofRuns(() => this.lines.print(printed)),
    ended: ({ run, code }) => this.#ofRuns(() => this.lines.end(run, code, this.now)),
    problem: (problem) => {
      const others = this.problems.get().filter(({ about }) => about !== problem.about);
      this.problems.set(problem.text === '' ? others : [...others, problem]);
    },
    end: ({ packets, first }) => {
      this.end.set(packets);
      this.earliest.set(first);
      this.missing.set(first - 1);
      if (this.isPlayed) void this.#beginPlaying();
    },
  };

  /** Takes the film of packets that have changed, and moves the playhead on. */
  advance(seconds: number): void {
    const begin = this.#parts.now();
    const slowness = this.speed.get();
    if (slowness !== this.#loaded.slowness || begin >= this.#loadsAt) this.#load(slowness);
    this.player.advance(seconds);
    if (!this.packets.isAtNewest && this.player.mode !== 'paused' && this.player.behind < 2)
      void this.addLater();
  }

  /** Making the film takes a part of the time only, also on a slow computer. */
  #load(slowness: Slowness): void {
    const { version } = this.packets;
    if (version === this.#loaded.version && slowness === this.#loaded.slowness) return;
    const begin = this.#parts.now();
    this.player.load(filmOf(this.packets.all.slice(), paceOf(slowness)));
    this.#loaded = { version, slowness };
    const end = this.#parts.now();
    this.#loadsAt = end + LOAD_RESTS * (end - begin);
  }

  /** Loads packets before the first one. */
  async addEarlier(): Promise<void> {
    const first = this.packets.firstId;
    if (first === undefined) return;
    await this.#once(async () => {
      const earlier = await this.#ask({ before: first }, PAGE);
      if (earlier.length === 0) {
        this.earliest.set(first);
        return;
      }
      if (this.player.mode === 'following') this.player.pause();
      this.packets.addEarlier(earlier);
    });
  }

  /** Loads the packets that follow the last one. */
  async addLater(): Promise<void> {
    const last = this.packets.lastId ?? 0;
    await this.#once(async () => {
      const { later } = this.packets;
      const following = await this.#ask({ after: last }, PAGE);
      if (following.length > 0) {
        this.#noteGap(last, following[0]!.id);
        this.packets.addLater(following);
      }
      // What has come meanwhile may not be in the answer.
      else if (this.packets.later === later) this.packets.arrive();
    });
  }

  /** Goes to the newest packet, and stays there. */
  async follow(): Promise<void> {
    this.chosen.set(undefined);
    this.player.follow();
    if (this.packets.isAtNewest) return;
    await this.#once(async () => {
      this.packets.renew(await this.#loadNewest());
      this.player.follow();
    });
  }

  #greet(hello: Hello): void {
    const before = this.hello.get();
    const isSame = before?.instance === hello.instance;
    this.#drift = hello.now - this.#parts.now();
    if (!(isSame && hello.isContinued)) this.#clear(isSame, hello.played !== undefined);
    this.hello.set(hello);
  }

  #clear(isSame: boolean, isPlayed: boolean): void {
    this.packets.clear();
    this.player.restart(isPlayed ? 'paused' : 'following');
    this.#omissions = [];
    this.#omitted = 0;
    this.end.set(undefined);
    this.earliest.set(1);
    this.missing.set(0);
    this.#asking = undefined;
    this.#beginnings += 1;
    if (!isSame) this.#ofRuns(() => this.lines.clear());
  }

  /** Takes the place of everything but packets. */
  #begin({ tallies, samples, sequence, problems, wire, end, ...runs }: Beginning): void {
    const own = this.problems.get().filter(({ about }) => about === LOADING);
    this.problems.set([...own, ...problems]);
    this.tallies.set(merged([], tallies));
    for (const series of this.#allSeries()) series.clear();
    this.#sequence = [...sequence];
    this.#addSamples(samples);
    this.wire.set(wire.address);
    this.#ofRuns(() => this.lines.begin(runs, this.now));
    if (end && !this.isRead) this.receivers.end(end);
  }

  /** A run is played from its beginning, or from the earliest packet that the server still has. */
  async #beginPlaying(): Promise<void> {
    await this.#once(async () => {
      const all = await this.#loadEarliest();
      this.packets.renew(all);
      if (all.length >= KEPT) this.packets.stay(this.#countAfter(all));
      this.player.restart('playing');
      this.#loaded = { version: -1, slowness: 0 };
    });
  }

  /** How many packets follow. With a filter nobody knows. */
  #countAfter(all: readonly LivePacket[]): number {
    const last = all.at(-1)!.id;
    return this.#parts.isFiltered() ? 0 : Math.max(0, (this.end.get() ?? last) - last);
  }

  /** The server does not keep the packets between two ids any more. */
  #noteGap(after: number, before: number): void {
    const count = before - after - 1;
    if (count > 0 && !this.#parts.isFiltered()) this.#omit({ count, after, before });
  }

  #omit(omission: Omission): void {
    this.#omissions = [...this.#omissions, omission].slice(-MOST_OMISSIONS);
  }

  #addSamples({ delays = {}, roundTrips = [], throughput, queue }: LiveEvents['samples']): void {
    for (const [decider, points] of Object.entries(delays)) {
      const series = this.delays.get(decider) ?? new Series();
      this.delays.set(decider, series);
      series.add(points);
    }
    this.roundTrips.add(roundTrips);
    for (const direction of ['up', 'down'] as const) {
      if (throughput) this.throughput[direction].add(throughput[direction]);
      if (queue) this.queue[direction].add(queue[direction]);
    }
    this.#samples += 1;
  }

  #allSeries(): Series[] {
    const { roundTrips, throughput, queue } = this;
    return [...this.delays.values(), roundTrips, throughput.up, throughput.down, queue.up, queue.down];
  }

  #ofRuns(change: () => void): void {
    change();
    this.runs.set(this.runs.get() + 1);
  }

  /** @throws OutdatedError when the page has begun again meanwhile */
  async #ask(from: From, count: number): Promise<readonly LivePacket[]> {
    const beginnings = this.#beginnings;
    const packets = await this.#parts.ask(from, count);
    if (beginnings !== this.#beginnings) throw new OutdatedError();
    return packets;
  }

  /** As many of the newest packets as the page keeps, in several answers. */
  async #loadNewest(): Promise<readonly LivePacket[]> {
    let all: readonly LivePacket[] = [];
    while (all.length < KEPT) {
      const before = all[0]?.id ?? Number.MAX_SAFE_INTEGER;
      const earlier = await this.#ask({ before }, Math.min(MOST_ASKED, KEPT - all.length));
      if (earlier.length === 0) break;
      all = [...earlier, ...all];
    }
    return all;
  }

  /** As many of the earliest packets that the server still has. */
  async #loadEarliest(): Promise<readonly LivePacket[]> {
    const all: LivePacket[] = [];
    while (all.length < KEPT) {
      const after = all.at(-1)?.id ?? 0;
      const following = await this.#ask({ after }, Math.min(MOST_ASKED, KEPT - all.length));
      if (following.length === 0) break;
      all.push(...following);
    }
    return all;
  }

  /** One question at a time; one that is asked meanwhile is dropped. */
  #once(ask: () => Promise<void>): Promise<void> {
    if (this.#asking) return this.#asking;
    if (this.#parts.now() < this.#asksAgainAt) return Promise.resolve();
    const tell = (text: string) => this.receivers.problem({ about: LOADING, text });
    const asking = ask()
      .then(
        () => tell(''),
        (error: unknown) => {
          if (error instanceof OutdatedError) return;
          this.#asksAgainAt = this.#parts.now() + AGAIN;
          tell(error instanceof Error ? error.message : String(error));
        },
      )
      .finally(() => {
        if (this.#asking === asking) this.#asking = undefined;
      });
    this.#asking = asking;
    return asking;
  }

  /** Resolves when no question is open. */
  async idle(): Promise<void> {
    await this.#asking;
  }
}

class OutdatedError extends Error {}

export const NONE: { readonly packets: ReadonlySet<number>; readonly lines: ReadonlySet<number> } = {
  packets: new Set(),
  lines: new Set(),
};

/** New tallies replace those of the same decider. */
function merged(before: readonly Tally[], after: readonly Tally[]): readonly Tally[] {
  const all = new Map([...before, ...after].map((tally) => [tally.decider, tally]));
  return [...all.values()].sort((one, other) => one.decider.localeCompare(other.decider));
}
