import type { Frame } from '#analysis/capture/frames.ts';
import { type FrameRef, refOf } from '#analysis/capture/frames.ts';
import { isDatagram, timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { isHmac } from '#lib/message/hmac.ts';
import { decodeDatagram, hmacLength, isOfTransfer } from '#lib/transfer/datagram.ts';
import { latestOf } from './expected.ts';
import { type Emit, matchOf, type Unjournaled } from './finding.ts';
import { answersTo, inPlaceOf, isOne, type Outgoing } from './outgoing.ts';
import { LATE, MILLISECOND, PATIENCE, SLACK, STEP } from './times.ts';
import { type Datagram, UnmatchedDatagrams } from './unmatched-datagrams.ts';
import { isContradicted, type Reason } from './verdicts.ts';
import { bestKnown, dueOf, firstOf, isAsLong, type Waiting } from './waiting.ts';

export interface FlowParts {
  readonly emit: Emit;
  /** Whether datagrams of transfers have entries at this time. */
  readonly journalsTransfers: () => boolean;
  /** Why the server did not read one more datagram, as far as its journal has it. */
  readonly whyUnread: () => Unjournaled['why'];
}

/** All datagrams between one UDP port of a client and the echo server: messages and transfers. */
export class DatagramFlow {
  readonly #client: string;
  readonly #emit: Emit;
  readonly #whyUnread: () => Unjournaled['why'];
  /** An entry has an unknown fault, which may have sent any later datagram. */
  #hasUnknownFault = false;
  readonly #journalsTransfers: () => boolean;
  /** Datagrams of the client without an entry. */
  readonly #received = new UnmatchedDatagrams();
  /** Datagrams of the server that are still to be matched, and those that fit no entry. */
  readonly #sent: Datagram[] = [];
  readonly #unexpected: Datagram[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #unfinished: Waiting[] = [];
  /** Entries that send nothing and have no request yet. */
  readonly #silent: Waiting[] = [];
  /** Entries of messages that have no request yet, by its CRC. */
  readonly #withoutRequest = new Map<string | undefined, Waiting>();
  /** Entries of received transfer datagrams that were not captured at their time. */
  readonly #missed: MessageEntry[] = [];
  #latest: FrameRef | undefined;
  /** The frame of the transfer datagram that the journal has last. */
  #lastReceived: FrameRef | undefined;
  /** Length of the HMAC in the client's latest transfer datagram; undefined before the first. */
  #hmacBytes: number | undefined;

  constructor(client: string, { emit, journalsTransfers, whyUnread }: FlowParts) {
    this.#client = client;
    this.#emit = emit;
    this.#journalsTransfers = journalsTransfers;
    this.#whyUnread = whyUnread;
  }

  /** Whether nothing is unfinished. */
  get idle(): boolean {
    const open = [this.#sent, this.#unexpected, this.#waiting, this.#unfinished, this.#silent, this.#missed];
    return this.#received.size === 0 && open.every(({ length }) => length === 0);
  }

  /** The frame of the message of an entry that waits for its answer. */
  frameOf(entry: MessageEntry): FrameRef | undefined {
    return this.#waiting.findLast((waiting) => waiting.entry === entry)?.request.at(-1);
  }

  /** Whether the client sent a datagram that has no entry so far. */
  get isUnmatched(): boolean {
    return this.#received.size > 0;
  }

  take(frame: Frame): void {
    this.#latest = refOf(frame);
    // Only the client's datagrams count here: a fault may have damaged the server's.
    if (frame.toServer && isOfTransfer(frame.payload)) this.#hmacBytes = hmacBytesOf(frame.payload);
    if (!this.#journalsTransfers() && isOfTransfer(frame.payload)) return;
    const datagram = { frame: this.#latest, bytes: frame.payload, crc: crcOf(frame.payload) };
    if (!frame.toServer) this.#sent.push(datagram);
    else if (!this.#isAfterItsEntry(datagram)) this.#received.add(datagram);
    this.#matchUntil(frame.time - 2 * MILLISECOND);
  }

  /**
   * Whether this is the request of an entry from a moment before: the clock was set back by less than a detectable step.
   * Now it is known what the server must send.
   */
  #isAfterItsEntry({ frame, bytes, crc }: Datagram): boolean {
    const waiting = this.#withoutRequest.get(crc);
    if (!waiting || frame.time > timeOf(waiting.entry) + SLACK) return false;
    this.#withoutRequest.delete(crc);
    waiting.request = [frame];
    const silent = this.#silent.indexOf(waiting);
    if (silent >= 0) {
      this.#silent.splice(silent, 1);
      this.#settle(waiting, 'nothing-sent');
    } else if (waiting.response.length === 0) {
      waiting.expected.splice(0, waiting.expected.length, ...(answersTo(waiting.entry, bytes) ?? []));
    }
    return true;
  }

  /** Takes a decision, after all frames before it. */
  decide(entry: MessageEntry): void {
    if (isDatagram(entry) && entry.direction === 'out') {
      this.#expect(entry, undefined, inPlaceOf(entry, this.#hmacBytes));
      return;
    }
    // A request is earlier than its entry.
    const request = this.#received.take(entry.crc, timeOf(entry) + MILLISECOND);
    if (isDatagram(entry)) {
      this.#lastReceived = request?.frame;
      if (request) this.#emitReceived(entry, request);
      else this.#missed.push(entry);
      return;
    }
    this.#expect(entry, request, answersTo(entry, request?.bytes));
  }

  /**
   * Gives up what has waited too long by a time, in seconds since 1970. Keeps the newest `most` of each list, and of
   * unmatched requests this many bytes.
   */
  expire(now: number, most: number, bytes: number): void {
    this.#matchUntil(now - 2 * MILLISECOND);
    const earliest = now - PATIENCE;
    for (const datagram of this.#received.giveUp(earliest, bytes)) this.#emitUnjournaled('client', datagram);
    for (const datagram of giveUp(this.#unexpected, most, () => true))
      this.#emitUnjournaled('server', datagram);
    const isOver = ({ latest }: Waiting) => latest < earliest;
    this.#settleLate([...giveUp(this.#waiting, most, isOver), ...giveUp(this.#unfinished, most, isOver)]);
    this.#settleSilent(giveUp(this.#silent, most, isOver));
    for (const entry of giveUp(this.#missed, most, () => true)) this.#emitReceived(entry);
  }

  /** All frames and entries up to a time have been taken: settles what would have come by then. */
  moveTo(now: number): void {
    this.#matchUntil(now - 2 * MILLISECOND);
    const isOver = ({ latest }: Waiting) => latest + LATE < now;
    this.#settleLate([...giveUp(this.#waiting, 0, isOver), ...giveUp(this.#unfinished, 0, isOver)]);
    this.#settleSilent(giveUp(this.#silent, 0, isOver));
  }

  /** The capture ends: emits what is unfinished. */
  finish(until: number): void {
    this.#matchUntil(Number.POSITIVE_INFINITY);
    for (const entry of this.#missed.splice(0)) this.#emitReceived(entry);
    this.#settleLate([...this.#waiting.splice(0), ...this.#unfinished.splice(0)], until);
    this.#settleSilent(this.#silent.splice(0));
    for (const datagram of this.#received.giveUp(Number.POSITIVE_INFINITY, 0))
      this.#emitUnjournaled('client', datagram);
    for (const datagram of this.#unexpected.splice(0)) this.#emitUnjournaled('server', datagram);
  }

  /** Emits the match of a received transfer datagram, at its time or at another. */
  #emitReceived(entry: MessageEntry, request = this.#received.take(entry.crc)): void {
    this.#emit(
      request ? matchOf(entry, 'received', { request: [request.frame] }) : matchOf(entry, 'request-missing'),
    );
  }

  /** Looks for the request of an entry by order and content where its time does not fit. */
  #findLateRequest(waiting: Waiting): void {
    if (waiting.request.length > 0 || (isDatagram(waiting.entry) && waiting.entry.direction === 'out'))
      return;
    const late = this.#received.take(waiting.entry.crc);
    if (late) waiting.request = [late.frame];
  }

  #settleSilent(all: readonly Waiting[]): void {
    for (const waiting of all) {
      this.#findLateRequest(waiting);
      this.#settle(waiting, 'nothing-sent');
    }
  }

  /** Settles the remaining entries: by content first, then by an unexpected datagram of the same length. */
  #settleLate(all: readonly Waiting[], until = Number.POSITIVE_INFINITY): void {
    for (const waiting of all) {
      this.#findLateRequest(waiting);
      waiting.missing.push(...waiting.expected.splice(0));
      this.#findLate(waiting, isOne);
    }
    for (const waiting of all) {
      const { missing, latest } = waiting;
      const count = missing.length;
      if (count > 0) this.#findLate(waiting, (next, { bytes }) => isAsLong(next, bytes));
      if (count === 0) this.#settle(waiting, 'response-sent');
      else if (missing.length < count) this.#settle(waiting, 'response-differs');
      else this.#settle(waiting, latest + LATE < until ? 'response-missing' : 'pending');
    }
  }

  /** Looks among unexpected datagrams for those that an entry still misses, not before their time. */
  #findLate(
    { request, missing, response }: Waiting,
    isIt: (next: Outgoing, datagram: Datagram) => boolean,
  ): void {
    const asked = request[0]?.time ?? Number.NEGATIVE_INFINITY;
    const stillMissing = missing.filter((next) => {
      const index = this.#unexpected.findIndex(
        (datagram) => datagram.frame.time >= asked + next.at - SLACK && isIt(next, datagram),
      );
      if (index >= 0) response.push(this.#unexpected.splice(index, 1)[0]!.frame);
      return index < 0;
    });
    missing.splice(0, missing.length, ...stillMissing);
    response.sort((one, other) => one.number - other.number);
  }

  #expect(entry: MessageEntry, request: Datagram | undefined, expected: Outgoing[] | undefined): void {
    const isSpread = expected?.at(0)?.at !== expected?.at(-1)?.at;
    const waiting: Waiting = {
      entry,
      request: request ? [request.frame] : [],
      expected: expected ?? [],
      missing: [],
      response: [],
      // A duplicate shows in its second datagram.
      shownBy: isSpread ? 0 : 1,
      latest: timeOf(entry) + latestOf(expected ?? []),
    };
    const hasNoRequest = !request && !isDatagram(entry);
    if (expected && hasNoRequest) this.#withoutRequest.set(entry.crc, waiting);
    if (!expected) {
      this.#hasUnknownFault = true;
      this.#settle(waiting, 'unknown-fault');
    } else if (expected.length > 0) this.#waiting.push(waiting);
    else if (hasNoRequest) this.#silent.push(waiting);
    else this.#settle(waiting, 'nothing-sent');
  }

  /** Matches what the server sent before a time, after all entries of that time. */
  #matchUntil(time: number): void {
    const isDue = ({ frame }: Datagram) => frame.time < time || frame.time > time + STEP;
    while (this.#sent[0] && isDue(this.#sent[0])) {
      const datagram = this.#sent.shift()!;
      if (!this.#matchSent(datagram)) this.#unexpected.push(datagram);
    }
  }

  /** Matches a datagram of the server with an entry; false if none fits. */
  #matchSent(datagram: Datagram): boolean {
    const { frame } = datagram;
    const due = this.#waiting.filter(
      (waiting) => dueOf(waiting) < frame.time + SLACK && !this.#mayGetRequest(waiting, frame.time),
    );
    const alike = bestKnown(due.filter(({ expected }) => isOne(expected[0]!, datagram)));
    const waiting = firstOf(alike.filter((one) => dueOf(one) > frame.time - SLACK)) ?? firstOf(alike);
    if (waiting) this.#take(waiting, 0, frame);
    return waiting !== undefined || this.#matchOutOfOrder(due, datagram);
  }

  /** Whether the request of an entry may still follow; nothing is sent for it before. */
  #mayGetRequest(waiting: Waiting, time: number): boolean {
    return this.#withoutRequest.get(waiting.entry.crc) === waiting && time < timeOf(waiting.entry) + SLACK;
  }

  /** Matches a later piece of an entry, if the capture lacks the one before. */
  #matchOutOfOrder(due: readonly Waiting[], datagram: Datagram): boolean {
    const { frame } = datagram;
    for (const waiting of due) {
      const isIt = (one: Outgoing) =>
        timeOf(waiting.entry) + one.at < frame.time + SLACK && isOne(one, datagram);
      const at = waiting.expected.findIndex(isIt);
      if (at < 0) continue;
      this.#take(waiting, at, frame);
      return true;
    }
    return false;
  }

  /** Takes a frame as the expected piece at an index. */
  #take(waiting: Waiting, at: number, frame: FrameRef): void {
    waiting.missing.push(...waiting.expected.splice(0, at + 1).slice(0, -1));
    waiting.response.push(frame);
    if (waiting.expected.length > 0) return;
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    if (waiting.missing.length > 0) this.#unfinished.push(waiting);
    else {
      this.#findLateRequest(waiting);
      this.#settle(waiting, 'response-sent');
    }
  }

  #settle(waiting: Waiting, reason: Reason): void {
    const { entry, request, response, shownBy } = waiting;
    if (this.#withoutRequest.get(entry.crc) === waiting) this.#withoutRequest.delete(entry.crc);
    const isOut = isDatagram(entry);
    const [asked] = request;
    const shown = response[shownBy] ?? response[0] ?? asked ?? (isOut ? this.#frameBefore(entry) : undefined);
    const found = asked || isOut ? reason : 'request-missing';
    const excused = this.#hasUnknownFault && isContradicted({ reason: found }) ? 'unknown-fault' : found;
    this.#emit(matchOf(entry, excused, { request, response, shown }));
  }

  /** The frame before an entry. The journal has milliseconds, so within one its order counts. */
  #frameBefore(entry: MessageEntry): FrameRef | undefined {
    const isSure = this.#latest !== undefined && this.#latest.time < timeOf(entry);
    return isSure ? this.#latest : (this.#lastReceived ?? this.#latest);
  }

  #emitUnjournaled(from: Unjournaled['from'], { frame, bytes }: Datagram): void {
    if (from === 'server' && this.#hasUnknownFault) return;
    const why = from === 'client' ? this.#whyUnread() : undefined;
    this.#emit({
      kind: why ? 'unread' : 'unjournaled',
      ...{ server: 'echo', transport: 'udp', client: this.#client, from, frames: [frame] },
      what: `${bytes.length} bytes`,
      why,
    });
  }
}

function hmacBytesOf(bytes: Buffer): number {
  // Decoding hashes the datagram, which is needless without an HMAC.
  const datagram = isHmac(bytes, bytes.length) ? decodeDatagram(bytes) : undefined;
  return datagram ? hmacLength(bytes, datagram) : 0;
}

/** Removes the first items that are over, while a list has more than `most`. */
function giveUp<One>(list: One[], most: number, isOver: (one: One) => boolean): One[] {
  if (list.length <= most) return [];
  const given = new Set(list.filter(isOver).slice(0, list.length - most));
  list.splice(0, list.length, ...list.filter((one) => !given.has(one)));
  return [...given];
}
