import type { Frame } from '#analysis/capture/frames.ts';
import { type FrameRef, refOf } from '#analysis/capture/frames.ts';
import { isDatagram, timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { isHmac } from '#lib/message/hmac.ts';
import { decodeDatagram, hmacLength, isOfTransfer } from '#lib/transfer/datagram.ts';
import { latestOf } from './expected.ts';
import { type Emit, matchOf, type Unjournaled } from './finding.ts';
import { answersTo, inPlaceOf, isOne, type Leaving } from './leaving.ts';
import { LATE, MILLISECOND, PATIENCE, SLACK, STEP } from './times.ts';
import { type Datagram, Untaken } from './untaken.ts';
import { isContradicted, type Verdict } from './verdicts.ts';
import { bestKnown, dueOf, firstOf, isAsLong, type Waiting } from './waiting.ts';

export interface FlowParts {
  readonly emit: Emit;
  /** Whether datagrams of transfers have entries at the time. */
  readonly decided: () => boolean;
  /** Says why the server has not taken one more datagram, as far as it journals that. */
  readonly untaken: () => Unjournaled['why'];
}

/** All that a UDP port of a client exchanges with the echo server: messages, and datagrams of transfers. */
export class DatagramFlow {
  readonly #client: string;
  readonly #emit: Emit;
  readonly #untaken: () => Unjournaled['why'];
  /** A fault is not known here: from then on what leaves may be its doing. */
  #isUnexplained = false;
  readonly #decided: () => boolean;
  readonly #came = new Untaken();
  readonly #went: Datagram[] = [];
  /** What left and is of no entry. */
  readonly #astray: Datagram[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #unfinished: Waiting[] = [];
  /** For whose message nothing leaves, and whose request is not there yet. */
  readonly #silent: Waiting[] = [];
  /** Those of messages whose request is not there yet, by its CRC. */
  readonly #unasked = new Map<string | undefined, Waiting>();
  /** Datagrams of transfers that came, by their entries, and were not there at their time. */
  readonly #missed: MessageEntry[] = [];
  #latest: FrameRef | undefined;
  /** Bytes of the HMAC that the client's latest datagram of a transfer had; undefined before the first. */
  #hmacBytes: number | undefined;

  constructor(client: string, { emit, decided, untaken }: FlowParts) {
    this.#client = client;
    this.#emit = emit;
    this.#decided = decided;
    this.#untaken = untaken;
  }

  /** Whether nothing is open. */
  get idle(): boolean {
    const open = [this.#went, this.#astray, this.#waiting, this.#unfinished, this.#silent, this.#missed];
    return this.#came.size === 0 && open.every(({ length }) => length === 0);
  }

  /** Whether the client has sent what no entry speaks of so far. */
  get isUnmatched(): boolean {
    return this.#came.size > 0;
  }

  take(frame: Frame): void {
    this.#latest = refOf(frame);
    // What the server sends may have been damaged by a fault.
    if (frame.toServer && isOfTransfer(frame.payload)) this.#hmacBytes = hmacBytesOf(frame.payload);
    if (!this.#decided() && isOfTransfer(frame.payload)) return;
    const datagram = { frame: this.#latest, bytes: frame.payload, crc: crcOf(frame.payload) };
    if (!frame.toServer) this.#went.push(datagram);
    else if (!this.#isAfterItsEntry(datagram)) this.#came.add(datagram);
    this.#matchUntil(frame.time - 2 * MILLISECOND);
  }

  /**
   * Whether this is the request of an entry from a moment before: the clock of the machine was set back by less than is
   * told. What leaves for it is known now.
   */
  #isAfterItsEntry({ frame, bytes, crc }: Datagram): boolean {
    const waiting = this.#unasked.get(crc);
    if (!waiting || frame.time > timeOf(waiting.entry) + SLACK) return false;
    this.#unasked.delete(crc);
    waiting.request = [frame];
    const silent = this.#silent.indexOf(waiting);
    if (silent >= 0) {
      this.#silent.splice(silent, 1);
      this.#settle(waiting, 'silent');
    } else if (waiting.answer.length === 0) {
      waiting.left.splice(0, waiting.left.length, ...(answersTo(waiting.entry, bytes) ?? []));
    }
    return true;
  }

  /** All frames before the decision have been taken. */
  decide(entry: MessageEntry): void {
    if (isDatagram(entry) && entry.direction === 'out') {
      this.#expect(entry, undefined, inPlaceOf(entry, this.#hmacBytes));
      return;
    }
    // What a server decides has come before.
    const request = this.#came.take(entry.crc, timeOf(entry) + MILLISECOND);
    if (isDatagram(entry)) {
      if (request) this.#cameBy(entry, request);
      else this.#missed.push(entry);
      return;
    }
    this.#expect(entry, request, answersTo(entry, request?.bytes));
  }

  /**
   * Gives up what has waited too long at a time, in seconds since 1970, but keeps the newest `most` of each; and of what
   * came so many bytes.
   */
  expire(now: number, most: number, bytes: number): void {
    this.#matchUntil(now - 2 * MILLISECOND);
    const earliest = now - PATIENCE;
    for (const datagram of this.#came.giveUp(earliest, bytes)) this.#leaveOut('client', datagram);
    for (const datagram of giveUp(this.#astray, most, () => true)) this.#leaveOut('server', datagram);
    const isOver = ({ latest }: Waiting) => latest < earliest;
    this.#settleLate([...giveUp(this.#waiting, most, isOver), ...giveUp(this.#unfinished, most, isOver)]);
    this.#settleSilent(giveUp(this.#silent, most, isOver));
    for (const entry of giveUp(this.#missed, most, () => true)) this.#cameBy(entry);
  }

  /** The capture ends: says what is left. */
  finish(until: number): void {
    this.#matchUntil(Number.POSITIVE_INFINITY);
    for (const entry of this.#missed.splice(0)) this.#cameBy(entry);
    this.#settleLate([...this.#waiting.splice(0), ...this.#unfinished.splice(0)], until);
    this.#settleSilent(this.#silent.splice(0));
    for (const datagram of this.#came.giveUp(Number.POSITIVE_INFINITY, 0)) this.#leaveOut('client', datagram);
    for (const datagram of this.#astray.splice(0)) this.#leaveOut('server', datagram);
  }

  /** Says of a datagram of a transfer that it came, at its time or at another. */
  #cameBy(entry: MessageEntry, request = this.#came.take(entry.crc)): void {
    this.#emit(request ? matchOf(entry, 'came', { request: [request.frame] }) : matchOf(entry, 'lost'));
  }

  /** Where no time matches an entry with its datagram, order and content do. */
  #askLate(waiting: Waiting): void {
    if (waiting.request.length > 0 || (isDatagram(waiting.entry) && waiting.entry.direction === 'out'))
      return;
    const late = this.#came.take(waiting.entry.crc);
    if (late) waiting.request = [late.frame];
  }

  #settleSilent(all: readonly Waiting[]): void {
    for (const waiting of all) {
      this.#askLate(waiting);
      this.#settle(waiting, 'silent');
    }
  }

  /** Says what is left of entries: by their content first, then by what is as long and was sent instead. */
  #settleLate(all: readonly Waiting[], until = Number.POSITIVE_INFINITY): void {
    for (const waiting of all) {
      this.#askLate(waiting);
      waiting.missing.push(...waiting.left.splice(0));
      this.#leaveLate(waiting, isOne);
    }
    for (const waiting of all) {
      const { missing, latest } = waiting;
      const count = missing.length;
      if (count > 0) this.#leaveLate(waiting, (next, { bytes }) => isAsLong(next, bytes));
      if (count === 0) this.#settle(waiting, 'answered');
      else if (missing.length < count) this.#settle(waiting, 'different');
      else this.#settle(waiting, latest + LATE < until ? 'unanswered' : 'open');
    }
  }

  /** Takes of what left at any time what an entry still waits for, not before its time. */
  #leaveLate(
    { request, missing, answer }: Waiting,
    isIt: (next: Leaving, datagram: Datagram) => boolean,
  ): void {
    const asked = request[0]?.time ?? Number.NEGATIVE_INFINITY;
    const gone = missing.filter((next) => {
      const index = this.#astray.findIndex(
        (datagram) => datagram.frame.time >= asked + next.at - SLACK && isIt(next, datagram),
      );
      if (index >= 0) answer.push(this.#astray.splice(index, 1)[0]!.frame);
      return index < 0;
    });
    missing.splice(0, missing.length, ...gone);
    answer.sort((one, other) => one.number - other.number);
  }

  #expect(entry: MessageEntry, request: Datagram | undefined, left: Leaving[] | undefined): void {
    const isSpread = left?.at(0)?.at !== left?.at(-1)?.at;
    const waiting: Waiting = {
      entry,
      request: request ? [request.frame] : [],
      left: left ?? [],
      missing: [],
      answer: [],
      // What leaves several times at once shows in the second.
      shownBy: isSpread ? 0 : 1,
      latest: timeOf(entry) + latestOf(left ?? []),
    };
    const isUnasked = !request && !isDatagram(entry);
    if (left && isUnasked) this.#unasked.set(entry.crc, waiting);
    if (!left) {
      this.#isUnexplained = true;
      this.#settle(waiting, 'unexplained');
    } else if (left.length > 0) this.#waiting.push(waiting);
    else if (isUnasked) this.#silent.push(waiting);
    else this.#settle(waiting, 'silent');
  }

  /** Matches what left before a time: all entries of then have been taken. */
  #matchUntil(time: number): void {
    const isDue = ({ frame }: Datagram) => frame.time < time || frame.time > time + STEP;
    while (this.#went[0] && isDue(this.#went[0])) {
      const datagram = this.#went.shift()!;
      if (!this.#leave(datagram)) this.#astray.push(datagram);
    }
  }

  /** Matches a datagram that left with the entry that it can be of; false when there is none. */
  #leave(datagram: Datagram): boolean {
    const { frame } = datagram;
    const due = this.#waiting.filter(
      (waiting) => dueOf(waiting) < frame.time + SLACK && !this.#mayBeAsked(waiting, frame.time),
    );
    const alike = bestKnown(due.filter(({ left }) => isOne(left[0]!, datagram)));
    const waiting = firstOf(alike.filter((one) => dueOf(one) > frame.time - SLACK)) ?? firstOf(alike);
    if (waiting) this.#take(waiting, 0, frame);
    return waiting !== undefined || this.#leaveOutOfTurn(due, datagram);
  }

  /** Whether the request of an entry may still come at a time, before which nothing leaves for it. */
  #mayBeAsked(waiting: Waiting, time: number): boolean {
    return this.#unasked.get(waiting.entry.crc) === waiting && time < timeOf(waiting.entry) + SLACK;
  }

  /** Of several pieces one may be missing: what is sent next is of the one after it. */
  #leaveOutOfTurn(due: readonly Waiting[], datagram: Datagram): boolean {
    const { frame } = datagram;
    for (const waiting of due) {
      const isIt = (one: Leaving) =>
        timeOf(waiting.entry) + one.at < frame.time + SLACK && isOne(one, datagram);
      const at = waiting.left.findIndex(isIt);
      if (at < 0) continue;
      this.#take(waiting, at, frame);
      return true;
    }
    return false;
  }

  /** Takes a frame for the piece of an entry at an index of those that it waits for. */
  #take(waiting: Waiting, at: number, frame: FrameRef): void {
    waiting.missing.push(...waiting.left.splice(0, at + 1).slice(0, -1));
    waiting.answer.push(frame);
    if (waiting.left.length > 0) return;
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    if (waiting.missing.length > 0) this.#unfinished.push(waiting);
    else {
      this.#askLate(waiting);
      this.#settle(waiting, 'answered');
    }
  }

  #settle(waiting: Waiting, verdict: Verdict): void {
    const { entry, request, answer, shownBy } = waiting;
    if (this.#unasked.get(entry.crc) === waiting) this.#unasked.delete(entry.crc);
    const isOut = isDatagram(entry);
    const [asked] = request;
    const shown = answer[shownBy] ?? answer[0] ?? asked ?? (isOut ? this.#latest : undefined);
    const found = asked || isOut ? verdict : 'lost';
    const said = this.#isUnexplained && isContradicted({ verdict: found }) ? 'unexplained' : found;
    this.#emit(matchOf(entry, said, { request, answer, shown }));
  }

  #leaveOut(from: Unjournaled['from'], { frame, bytes }: Datagram): void {
    if (from === 'server' && this.#isUnexplained) return;
    const why = from === 'client' ? this.#untaken() : undefined;
    this.#emit({
      kind: why ? 'unread' : 'unjournaled',
      ...{ server: 'echo', transport: 'udp', client: this.#client, from, frames: [frame] },
      what: `${bytes.length} bytes`,
      why,
    });
  }
}

function hmacBytesOf(bytes: Buffer): number {
  // What does not look like one need not be hashed.
  const datagram = isHmac(bytes, bytes.length) ? decodeDatagram(bytes) : undefined;
  return datagram ? hmacLength(bytes, datagram) : 0;
}

/** Takes the first of a list out of it that are over, as long as it has more than `most`. */
function giveUp<One>(list: One[], most: number, isOver: (one: One) => boolean): One[] {
  if (list.length <= most) return [];
  const given = new Set(list.filter(isOver).slice(0, list.length - most));
  list.splice(0, list.length, ...list.filter((one) => !given.has(one)));
  return [...given];
}
