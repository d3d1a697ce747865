import { opens } from '#analysis/capture/connections.ts';
import type { Frame, FrameRef } from '#analysis/capture/frames.ts';
import type { Seen } from '#analysis/capture/seen.ts';
import { clientOf, type HandshakeEvent, isDatagram, isEvent, isHttp, timeOf } from '#lib/journal/entries.ts';
import type { Decision, Entry, EventNamed, MessageEntry } from '#lib/journal/schema.ts';
import { Conversation } from './conversation.ts';
import { DatagramFlow, type FlowParts } from './datagram-flow.ts';
import { type Emit, matchOf } from './finding.ts';
import { HeldEntries } from './held-entries.ts';
import { AROUND, GRACE, MILLISECOND, SWEEP } from './times.ts';

/** At most this many conversations wait for their entries, and of each at most this many unmatched items are kept. */
const MOST_WAITING = 5_000;
const KEPT = 256;
/** At most this many bytes of datagrams wait for their entries. */
const MOST_BYTES = 64 * 2 ** 20;

export interface ConversationsParts extends FlowParts {
  readonly seen: Seen;
}

/** All TCP connections and UDP flows of a capture. */
export class Conversations {
  readonly #parts: ConversationsParts;
  readonly #emit: Emit;
  readonly #seen: Seen;
  /** By server and client, as entries name them. A reused port has several connections, in order. */
  readonly #overTcp = new Map<string, Conversation[]>();
  readonly #flows = new Map<string, DatagramFlow>();
  readonly #held: HeldEntries;
  #swept = 0;
  #movedTo = 0;
  #isSetBack = false;
  /** Some entries are of an earlier version and have no stream offsets. */
  isWithoutOffsets = false;

  constructor(parts: ConversationsParts) {
    this.#parts = parts;
    this.#emit = parts.emit;
    this.#seen = parts.seen;
    this.#held = new HeldEntries((entry) => this.#emit(matchOf(entry, 'request-missing')));
  }

  take(frame: Frame): void {
    if (Math.abs(frame.time - this.#swept) > SWEEP) this.#sweep(frame.time);
    const { client, server, transport } = frame;
    if (transport === 'tcp') this.#conversationOf(frame).take(frame);
    else if (server === 'echo') this.#flowOf(client).take(frame);
  }

  /** Takes a decision, after all frames before it. */
  decide(entry: Decision): void {
    const client = clientOf(entry);
    if (!this.#hasOffsets(entry)) {
      this.isWithoutOffsets = true;
      this.#emit(matchOf(entry, 'no-offsets'));
    } else if (client === undefined) this.#emit(matchOf(entry, 'no-address'));
    else if (isOverTcp(entry)) this.#decideOverTcp(entry, client);
    else if (isBefore(entry, this.#seen)) this.#held.hold(flowKey(client), entry);
    else this.#flowOf(client).decide(entry as MessageEntry);
  }

  /** The last frame of the request of an entry that waits for its answer. */
  frameOf(entry: Decision): FrameRef | undefined {
    const client = clientOf(entry);
    if (client === undefined) return undefined;
    if (!isOverTcp(entry)) return this.#flows.get(client)?.frameOf(entry as MessageEntry);
    for (const one of this.#overTcp.get(keyOfEntry(entry, client)) ?? []) {
      const frame = one.frameOf(entry);
      if (frame) return frame;
    }
    return undefined;
  }

  /** A held-back answer was sent. */
  sent(event: EventNamed<'sent'>): void {
    const client = clientOf(event);
    const known = client && this.#overTcp.get(keyOf('echo', client, event.tls !== undefined));
    if (known) known.find((one) => one.seeks(event.entry))?.sent(event);
  }

  /** The clock was set back: entries with earlier times may belong to open or later connections. */
  setBack(): void {
    this.#isSetBack = true;
    for (const [key, all] of this.#overTcp) for (const one of all) this.#giveHeld(key, one);
  }

  /** Whether the client of an entry has sent something that has no entry so far. True for entries without a client. */
  awaits(entry: Entry): boolean {
    const client = isEvent(entry) ? undefined : clientOf(entry);
    if (isEvent(entry) || client === undefined) return true;
    if (!isOverTcp(entry)) return this.#flows.get(client)?.isUnmatched ?? false;
    return this.#overTcp.get(keyOfEntry(entry, client))?.some(({ isUnmatched }) => isUnmatched) ?? false;
  }

  /** Takes a failed handshake, after all frames before it. */
  fail(entry: HandshakeEvent): void {
    const client = clientOf(entry);
    const known = client === undefined ? [] : this.#overTcp.get(keyOf(entry.server, client, true));
    const [latest] = begunBefore(known, entry);
    if (latest?.fail(entry)) return;
    const reason = client === undefined ? 'no-address' : 'connection-missing';
    this.#emit({ kind: 'handshake', entry, reason, request: [], response: [], shows: undefined });
  }

  /**
   * While a capture grows: all frames and entries up to a time have been taken. Settles what only time can settle. The
   * entries of ended connections have come, because journals and capture have one clock.
   */
  moveTo(now: number): void {
    for (const flow of this.#flows.values()) flow.moveTo(now);
    if (Math.abs(now - this.#movedTo) < SWEEP) return;
    this.#movedTo = now;
    this.#sweep(now, false);
  }

  /** The capture ends. */
  finish(until: number): void {
    this.#finishAll(() => true, until);
    for (const [client, flow] of this.#flows) {
      for (const entry of this.#held.take(flowKey(client))) flow.decide(entry as MessageEntry);
      flow.finish(until);
    }
    this.#held.finish();
  }

  #decideOverTcp(entry: Decision, client: string): void {
    const key = keyOfEntry(entry, client);
    const all = begunBefore(this.#overTcp.get(key), entry);
    const own = all.length > 1 ? all.find((one) => one.has(entry)) : undefined;
    if (all[0]) (own ?? all[0]).decide(entry);
    else this.#held.hold(key, entry);
  }

  /** Whether an entry has the offsets of its packets. A datagram that was lost on the way out has none. */
  #hasOffsets(entry: Decision): boolean {
    if (isHttp(entry)) return entry.exchange !== undefined;
    if (entry.protocol === 'tcp') return entry.at !== undefined && entry.answer_at !== undefined;
    return (
      entry.crc !== undefined || (isDatagram(entry) && entry.direction === 'out' && !this.isWithoutOffsets)
    );
  }

  #conversationOf(frame: Frame): Conversation {
    const { client, connection, flags, overTls = false, server } = frame;
    const key = keyOf(server, client, overTls);
    const all = this.#overTcp.get(key) ?? [];
    const last = all.at(-1);
    if (last && (connection === undefined || last.connection === connection)) return last;
    const begun = new Conversation(frame, this.#emit, this.#olderUntil(frame));
    this.#overTcp.set(key, [...all, begun]);
    if (this.#isSetBack) this.#giveHeld(key, begun);
    else if (!opens(flags)) this.#giveDecided(key, begun);
    return begun;
  }

  /** For a connection that may be older than the capture: the latest decision on a message from before it. */
  #olderUntil({ flags, time }: Frame): number | undefined {
    const until = this.#seen.first + AROUND;
    return opens(flags) || time > until ? undefined : until;
  }

  #flowOf(client: string): DatagramFlow {
    const known = this.#flows.get(client);
    if (known) return known;
    const flow = new DatagramFlow(client, this.#parts);
    this.#flows.set(client, flow);
    return flow;
  }

  /**
   * Drops what is finished. Unmatched connections may still get their entries, as long as there are not too many.
   */
  #sweep(now: number, mayWait = this.#overTcp.size < MOST_WAITING): void {
    this.#swept = now;
    const isOver = ({ closed, isUnmatched }: Conversation) =>
      closed !== undefined && Math.abs(now - closed) > GRACE && !(mayWait && isUnmatched);
    this.#finishAll(isOver, now);
    const most = this.#flows.size < MOST_WAITING ? KEPT : 0;
    for (const [client, flow] of this.#flows) {
      flow.expire(now, most, MOST_BYTES / this.#flows.size);
      if (flow.idle) this.#flows.delete(client);
    }
  }

  #giveHeld(key: string, conversation: Conversation): void {
    for (const entry of this.#held.take(key)) conversation.decide(entry);
  }

  /** Hands over the entries since the capture began; the connection began earlier. */
  #giveDecided(key: string, conversation: Conversation): void {
    for (const entry of this.#held.take(key)) {
      if (isBefore(entry, this.#seen)) this.#held.hold(key, entry);
      else conversation.decide(entry);
    }
  }

  /** Drops finished conversations, after they have taken their held entries. */
  #finishAll(isOver: (conversation: Conversation) => boolean, until: number): void {
    for (const [key, all] of this.#overTcp) {
      const over = all.filter(isOver);
      if (over.length === 0) continue;
      for (const one of over) {
        if (one.isUnmatched || one.isEncrypted) this.#giveHeld(key, one);
        one.finish(until);
      }
      const open = all.filter((one) => !over.includes(one));
      if (open.length > 0) this.#overTcp.set(key, open);
      else this.#overTcp.delete(key);
    }
  }
}

function isOverTcp(entry: Decision): boolean {
  return isHttp(entry) || entry.protocol === 'tcp';
}

/** One client port may talk to a server's plain port and to its TLS port at once. */
function keyOf(server: Frame['server'], client: string, overTls: boolean): string {
  return `${server} ${client}${overTls ? ' TLS' : ''}`;
}

function keyOfEntry(entry: Decision, client: string): string {
  return keyOf(isHttp(entry) ? 'http' : 'echo', client, entry.tls !== undefined);
}

function flowKey(client: string): string {
  return `udp ${client}`;
}

/** Also when there is no frame at all. */
export function isBefore(entry: Entry, { first }: Seen): boolean {
  return !(timeOf(entry) + MILLISECOND >= first);
}

/** The conversations that an entry may belong to, the latest first. */
function begunBefore(all: readonly Conversation[] = [], entry: Entry): Conversation[] {
  const time = timeOf(entry) + MILLISECOND;
  const before = all.filter(({ began }) => began < time);
  // If all of them seem to begin after the entry, the clocks differ.
  return (before.length > 0 ? before : all).toReversed();
}
