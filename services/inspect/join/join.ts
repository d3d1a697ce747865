import {
  clientOf,
  type Decision,
  type Entry,
  type HandshakeEvent,
  type HttpEntry,
  isEvent,
  isHandshake,
  isHttp,
  timeOf,
} from '../entries.ts';
import type { Frame, Seen } from '../frames.ts';
import { GRACE, opens, SWEEP } from '../open-connections.ts';
import { DatagramFlow } from './datagram-flow.ts';
import { Handshake, type OnHandshake } from './handshakes.ts';
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
export async function join(parts: JoinParts): Promise<void> {
  const { frames, entries, seen, isJournaled, onFrame } = parts;
  const hosts = new Conversations(parts);
  let next = await entries.next();
  for await (const batch of frames) {
    for (const frame of batch) {
      while (!next.done && timeOf(next.value) + MILLISECOND <= frame.time) {
        decide(next.value, parts, hosts);
        next = await entries.next();
      }
      onFrame(frame);
      if (isJournaled(frame)) hosts.take(frame);
    }
  }
  for (; !next.done; next = await entries.next()) decide(next.value, parts, hosts);
  hosts.finish(seen.last);
}

function decide(entry: Entry, { seen, onlyClient, found, onEntry }: JoinParts, hosts: Conversations): void {
  onEntry(entry);
  if (isEvent(entry) && !isHandshake(entry)) return;
  // A handshake without an address may be of this client.
  const address = entry.client_ip ?? (isHandshake(entry) ? onlyClient : undefined);
  if (onlyClient !== undefined && address !== onlyClient) return;
  if (isHandshake(entry)) hosts.fail(entry);
  else if (isBefore(entry, seen)) found.tie({ ...untied(entry), verdict: 'outside' });
  else hosts.decide(entry);
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
  #swept = 0;

  constructor({ decided, found, onHandshake, seen }: JoinParts) {
    this.#decided = decided;
    this.#onHandshake = onHandshake;
    this.#seen = seen;
    this.#found = {
      loose: (loose) => found.loose(loose),
      tie(tie) {
        const isOutside = tie.request.length + tie.answer.length === 0 && isBehind(tie.entry, seen);
        found.tie(isOutside ? { ...tie, verdict: 'outside' } : tie);
      },
    };
  }

  take(frame: Frame): void {
    if (frame.time > this.#swept + SWEEP) this.#sweep(frame.time);
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
    else if (entry.protocol === 'udp') this.#flowOf(client).decide(entry);
    else {
      const [latest] = begunBefore(this.#messages.get(key), entry);
      if (!latest) this.#found.tie(untied(entry));
      else if (latest.overTls?.isShut) latest.overTls.encrypted(entry);
      else latest.connection.decide(entry);
    }
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
    for (const all of [...this.#http.values(), ...this.#messages.values()]) {
      for (const conversing of all) finish(conversing, until);
    }
    for (const flow of this.#datagrams.values()) flow.finish(until);
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
    { client, flags, overTls = false, seq, time }: Frame,
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
    return conversing;
  }

  #decideHttp(entry: HttpEntry, key: string): void {
    const all = begunBefore(this.#http.get(key), entry);
    if (all.some(({ connection }) => connection.decide(entry))) return;
    const shut = all.find(({ overTls }) => overTls?.isShut);
    if (shut) shut.overTls!.encrypted(entry);
    else if (all[0]) all[0].connection.miss(entry);
    else this.#found.tie(untied(entry));
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
    sweepConnections(this.#http, now);
    sweepConnections(this.#messages, now);
    for (const [client, flow] of this.#datagrams) {
      flow.expire(now);
      if (flow.idle) this.#datagrams.delete(client);
    }
  }
}

interface Connection {
  readonly closed: number | undefined;
  take(frame: Frame): void;
  finish(until: number): void;
}

/** The same port of a client may talk to the plain port of a server and to that of TLS at once. */
function keyOf(client: string, overTls: boolean): string {
  return overTls ? `${client} TLS` : client;
}

/** Those that an entry can be of, the latest first. */
function begunBefore<Kind>(all: readonly Conversing<Kind>[] = [], entry: Entry): Conversing<Kind>[] {
  const time = timeOf(entry) + MILLISECOND;
  return all.filter(({ began }) => began < time).reverse();
}

function finish({ connection, handshake }: Conversing<Connection>, until: number): void {
  connection.finish(until);
  handshake?.finish();
}

function sweepConnections<Kind extends Connection>(
  known: Map<string, Conversing<Kind>[]>,
  now: number,
): void {
  for (const [client, all] of known) {
    const isOver = ({ connection: { closed } }: Conversing<Kind>) =>
      closed !== undefined && closed + GRACE < now;
    if (!all.some(isOver)) continue;
    for (const over of all.filter(isOver)) finish(over, now);
    const open = all.filter((conversing) => !isOver(conversing));
    if (open.length > 0) known.set(client, open);
    else known.delete(client);
  }
}
