import type { Frame } from '#analysis/capture/frames.ts';
import { GRACE, opens, SWEEP } from '#analysis/capture/open-connections.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import { clientOf, type HandshakeEvent, isEvent, isHandshake, isHttp, timeOf } from '#lib/journal/entries.ts';
import type { Decision, Entry, HttpEntry, MessageEntry } from '#lib/journal/schema.ts';
import { Clock, STEP } from './clock.ts';
import { DatagramFlow } from './datagram-flow.ts';
import { Handshake, type OnHandshake } from './handshakes.ts';
import { HeldEntries } from './held-entries.ts';
import { HttpConnection } from './http-connection.ts';
import { MessageConnection } from './message-connection.ts';
import type { Found, Tie } from './tie.ts';
import { MILLISECOND } from './times.ts';
import { TlsFound } from './tls-found.ts';

export interface JoinParts {
  readonly frames: AsyncIterable<readonly Frame[]>;
  readonly entries: AsyncIterator<Entry>;
  /** Filled while the frames are read. */
  readonly seen: Seen;
  /** Entries of other clients are of no frame in this capture. */
  readonly onlyClient?: string;
  readonly found: Found;
  /** Is told handshakes that failed, at the end of their connections. */
  readonly onHandshake: OnHandshake;
  /** Whether datagrams of transfers have entries at the time, as events of the journal and the settings tell. */
  readonly decided: () => boolean;
  /** Is told each entry, decisions and events, at its time, before it is tied. */
  readonly onEntry: (entry: Entry) => void;
  /** Is told each frame, behind the entries before it. */
  readonly onFrame: (frame: Frame) => void;
  /** Whether a journal speaks of a frame, or would. */
  readonly isJournaled: (frame: Frame) => boolean;
}

/**
 * Ties each entry of the journals to its frames. Both are read once, in the order of time, and what is tied is let go
 * of: the memory that it takes depends on what is open at once, not on how much there is.
 */
export async function join(given: JoinParts): Promise<void> {
  const clock = new Clock();
  const parts = { ...given, ...watchedBy(clock, given) };
  const { frames, entries, seen } = parts;
  const hosts = new Conversations(parts);
  let next = await entries.next();
  for await (const batch of frames) {
    for (const frame of batch) {
      const before = clock.frame(frame) ?? Number.NEGATIVE_INFINITY;
      if (before > frame.time) hosts.setBack();
      for (; isOfTimeBefore(next, frame, before, hosts); next = await entries.next())
        decide(next.value, parts, hosts);
      for (; isDue(next, frame); next = await entries.next()) decide(next.value, parts, hosts);
      pass(frame, parts, hosts);
    }
  }
  for (; !next.done; next = await entries.next()) decide(next.value, parts, hosts);
  hosts.finish(seen.last);
  clock.finish();
  seen.clock = clock.sentence;
}

/** Whether there is an entry that was decided before a frame. */
function isDue({ done, value }: IteratorResult<Entry>, frame: Frame): boolean {
  return !done && timeOf(value) + MILLISECOND <= frame.time;
}

/** Whether there is one that was decided before the clock was set back, which waits for no frame of that time. */
function isOfTimeBefore(
  { done, value }: IteratorResult<Entry>,
  frame: Frame,
  before: number,
  hosts: Conversations,
): boolean {
  if (done) return false;
  const time = timeOf(value);
  return time > frame.time && time <= before + STEP && hosts.awaits(value);
}

/** Takes what is found by way of a clock. */
function watchedBy(
  clock: Clock,
  { found, onHandshake }: JoinParts,
): Pick<JoinParts, 'found' | 'onHandshake'> {
  return {
    found: {
      loose: (loose) => found.loose(loose),
      tie: (tie) => clock.pass(tie, (one) => found.tie(one)),
    },
    onHandshake: (tie) => clock.pass(tie, onHandshake),
  };
}

function decide(entry: Entry, { onlyClient, onEntry }: JoinParts, hosts: Conversations): void {
  onEntry(entry);
  if (isEvent(entry) && !isHandshake(entry)) return;
  // A handshake without an address may be of this client.
  const address = entry.client_ip ?? (isHandshake(entry) ? onlyClient : undefined);
  if (onlyClient !== undefined && address !== onlyClient) return;
  if (isHandshake(entry)) hosts.fail(entry);
  else hosts.decide(entry);
}

function pass(frame: Frame, { isJournaled, onFrame }: JoinParts, hosts: Conversations): void {
  onFrame(frame);
  if (isJournaled(frame)) hosts.take(frame);
}

/** Also when there is no frame at all. */
function isBefore(entry: Entry, { first }: Seen): boolean {
  return !(timeOf(entry) + MILLISECOND >= first);
}

function isBehind(entry: Entry, { last }: Seen): boolean {
  return !(timeOf(entry) <= last);
}

function untied(entry: Decision): Tie {
  return { entry, verdict: 'lost', request: [], answer: [], shows: undefined };
}

/** Conversations that may wait for their entries, at most, and datagrams of each. */
const MOST_WAITING = 5_000;
const KEPT = 256;

/** What a capture holds of one client's port and one server. */
interface Conversing<Kind> {
  /** In seconds since 1970. */
  readonly began: number;
  /** The sequence number of its SYN; undefined when the capture begins later. */
  readonly syn: number | undefined;
  readonly connection: Kind;
  /** What is found of it, when it is one over TLS, and its handshake. */
  readonly overTls: TlsFound | undefined;
  readonly handshake: Handshake | undefined;
}

/** The connections and flows of all clients. */
class Conversations {
  readonly #decided: () => boolean;
  readonly #found: Found;
  readonly #onHandshake: OnHandshake;
  readonly #seen: Seen;
  /** By client and TLS; a port that is used again has a connection behind the one before. */
  readonly #http = new Map<string, Conversing<HttpConnection>[]>();
  readonly #messages = new Map<string, Conversing<MessageConnection>[]>();
  readonly #datagrams = new Map<string, DatagramFlow>();
  readonly #held: HeldEntries;
  #swept = 0;
  #isSetBack = false;

  constructor({ decided, found, onHandshake, seen }: JoinParts) {
    this.#decided = decided;
    this.#onHandshake = onHandshake;
    this.#seen = seen;
    this.#found = {
      loose: (loose) => found.loose(loose),
      tie(tie) {
        const isOutside = isBefore(tie.entry, seen) || isBehind(tie.entry, seen);
        const isNowhere = tie.request.length + tie.answer.length === 0 && tie.verdict !== 'encrypted';
        found.tie(isNowhere && isOutside ? { ...tie, verdict: 'outside' } : tie);
      },
    };
    this.#held = new HeldEntries((entry) => this.#found.tie(untied(entry)));
  }

  take(frame: Frame): void {
    if (Math.abs(frame.time - this.#swept) > SWEEP) this.#sweep(frame.time);
    const { client, server, transport } = frame;
    if (server === 'http') {
      if (transport === 'udp') return;
      this.#takeSegment(this.#http, frame, (found) => new HttpConnection(client, found));
    } else if (transport === 'tcp') {
      this.#takeSegment(this.#messages, frame, (found) => new MessageConnection(client, found));
    } else {
      this.#flowOf(client).take(frame);
    }
  }

  /** All frames before the decision have been taken. */
  decide(entry: Decision): void {
    const client = clientOf(entry)!;
    const key = keyOf(client, entry.tls !== undefined);
    if (isHttp(entry)) this.#decideHttp(entry, key);
    else if (entry.protocol === 'udp') {
      if (isBefore(entry, this.#seen)) this.#held.hold(heldAs(entry, key), entry);
      else this.#flowOf(client).decide(entry);
    } else {
      const [latest] = begunBefore(this.#messages.get(key), entry);
      if (!latest) this.#held.hold(heldAs(entry, key), entry);
      else if (latest.overTls?.isShut) latest.overTls.encrypted(entry);
      else latest.connection.decide(entry);
    }
  }

  /** The clock was set back: entries of earlier times can be of what is open, or comes. */
  setBack(): void {
    this.#isSetBack = true;
    for (const [key, all] of this.#http) for (const one of all) this.#giveHeld(`http ${key}`, one);
    for (const [key, all] of this.#messages) for (const one of all) this.#giveHeld(`tcp ${key}`, one);
  }

  /** Whether the client of an entry has sent what no entry speaks of so far; anything else is of no such. */
  awaits(entry: Entry): boolean {
    const client = isEvent(entry) ? undefined : clientOf(entry);
    if (isEvent(entry) || client === undefined) return true;
    const key = keyOf(client, entry.tls !== undefined);
    if (!isHttp(entry) && entry.protocol === 'udp') return this.#datagrams.get(client)?.isUnmatched ?? false;
    const known = isHttp(entry) ? this.#http : this.#messages;
    return known.get(key)?.some(({ connection }) => connection.isUnmatched) ?? false;
  }

  /** All frames before the handshake failed have been taken. */
  fail(entry: HandshakeEvent): void {
    const client = clientOf(entry);
    const known: ReadonlyMap<string, Conversing<Connection>[]> =
      entry.server === 'http' ? this.#http : this.#messages;
    const [latest] = client === undefined ? [] : begunBefore(known.get(keyOf(client, true)), entry);
    if (latest?.handshake) {
      latest.handshake.fail(entry);
      return;
    }
    const isOutside = isBefore(entry, this.#seen) || isBehind(entry, this.#seen);
    const verdict = isOutside ? 'outside' : client === undefined ? 'nameless' : 'absent';
    this.#onHandshake({ entry, verdict, request: [], answer: [], shows: undefined });
  }

  /** The capture ends. */
  finish(until: number): void {
    this.#finishAll(this.#http, () => true, until);
    this.#finishAll(this.#messages, () => true, until);
    for (const [client, flow] of this.#datagrams) {
      for (const entry of this.#held.take(`udp ${client}`)) flow.decide(entry as MessageEntry);
      flow.finish(until);
    }
    this.#held.finish();
  }

  #takeSegment<Kind extends Connection>(
    known: Map<string, Conversing<Kind>[]>,
    frame: Frame,
    create: (found: Found) => Kind,
  ): void {
    const { connection, overTls, handshake } = this.#connectionOf(known, frame, create);
    overTls?.take(frame);
    handshake?.take(frame);
    // No server takes what comes to a port of TLS without any.
    connection.take(frame.overTls && !frame.sealed ? { ...frame, payload: Buffer.alloc(0) } : frame);
  }

  /** The connection that a segment belongs to, a new one when it opens one or none is known. */
  #connectionOf<Kind extends Connection>(
    known: Map<string, Conversing<Kind>[]>,
    { client, flags, overTls = false, seq, server, time }: Frame,
    create: (found: Found) => Kind,
  ): Conversing<Kind> {
    const key = keyOf(client, overTls);
    const all = known.get(key) ?? [];
    const last = all.at(-1);
    const isFirst = opens(flags);
    if (last && (!isFirst || last.syn === seq)) return last;
    const handshake = overTls ? new Handshake(this.#found, this.#onHandshake) : undefined;
    const tls = handshake && new TlsFound(handshake);
    const connection = create(tls ?? this.#found);
    const conversing = { began: time, syn: isFirst ? seq : undefined, connection, overTls: tls, handshake };
    known.set(key, [...all, conversing]);
    if (this.#isSetBack) this.#giveHeld(`${server === 'http' ? 'http' : 'tcp'} ${key}`, conversing);
    return conversing;
  }

  #decideHttp(entry: HttpEntry, key: string): void {
    const all = begunBefore(this.#http.get(key), entry);
    if (all.some(({ connection }) => connection.decide(entry))) return;
    const shut = all.find(({ overTls }) => overTls?.isShut);
    if (shut) shut.overTls!.encrypted(entry);
    else if (all[0]) all[0].connection.miss(entry);
    else this.#held.hold(heldAs(entry, key), entry);
  }

  #flowOf(client: string): DatagramFlow {
    const known = this.#datagrams.get(client);
    if (known) return known;
    const flow = new DatagramFlow(client, this.#found, this.#decided);
    this.#datagrams.set(client, flow);
    return flow;
  }

  /** Lets go of what is over. */
  #sweep(now: number): void {
    this.#swept = now;
    for (const known of [this.#http, this.#messages]) {
      const isOver = ({ connection: { closed } }: Conversing<Connection>) =>
        closed !== undefined && Math.abs(now - closed) > GRACE;
      // What has not found its entries yet may be ahead of them, as long as there are not too many.
      const mayWait = known.size < MOST_WAITING;
      this.#finishAll<Connection>(
        known,
        (one) => isOver(one) && !(mayWait && one.connection.isUnmatched),
        now,
      );
    }
    const most = this.#datagrams.size < MOST_WAITING ? KEPT : 0;
    for (const [client, flow] of this.#datagrams) {
      flow.expire(now, most);
      if (flow.idle) this.#datagrams.delete(client);
    }
  }

  #giveHeld(as: string, { connection, overTls }: Conversing<Connection>): void {
    for (const entry of this.#held.take(as)) {
      if (overTls?.isShut) overTls.encrypted(entry);
      else connection.miss(entry);
    }
  }

  /** Lets go of conversations, which take what is held of theirs first. */
  #finishAll<Kind extends Connection>(
    known: Map<string, Conversing<Kind>[]>,
    isOver: (conversing: Conversing<Kind>) => boolean,
    until: number,
  ): void {
    const server = (known as object) === this.#http ? 'http' : 'tcp';
    for (const [key, all] of known) {
      const over = all.filter(isOver);
      if (over.length === 0) continue;
      for (const one of over) {
        const { connection, handshake, overTls } = one;
        if (connection.isUnmatched || overTls?.isShut) this.#giveHeld(`${server} ${key}`, one);
        connection.finish(until);
        handshake?.finish();
      }
      const open = all.filter((one) => !over.includes(one));
      if (open.length > 0) known.set(key, open);
      else known.delete(key);
    }
  }
}

interface Connection {
  readonly closed: number | undefined;
  /** Whether it has something of the client that no entry speaks of so far. */
  readonly isUnmatched: boolean;
  take(frame: Frame): void;
  /** Takes an entry that is of it, and of no time. */
  miss(entry: Decision): void;
  finish(until: number): void;
}

/** The same port of a client may talk to the plain port of a server and to that of TLS at once. */
function keyOf(client: string, overTls: boolean): string {
  return overTls ? `${client} TLS` : client;
}

/** Those that an entry can be of, the latest first. */
function begunBefore<Kind>(all: readonly Conversing<Kind>[] = [], entry: Entry): Conversing<Kind>[] {
  const time = timeOf(entry) + MILLISECOND;
  const before = all.filter(({ began }) => began < time);
  // What has begun by now and is later by its time has another clock.
  return (before.length > 0 ? before : all).toReversed();
}

/** Where an entry is held. */
function heldAs(entry: Decision, key: string): string {
  return `${isHttp(entry) ? 'http' : entry.protocol} ${key}`;
}
