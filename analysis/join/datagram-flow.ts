import type { Frame } from '#analysis/capture/frames.ts';
import { type FrameRef, refOf } from '#analysis/capture/frames.ts';
import { isDatagram, timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { crcOf } from '#lib/message/crc.ts';
import { isHmac } from '#lib/message/hmac.ts';
import { decodeDatagram, hmacLength, isOfTransfer } from '#lib/transfer/datagram.ts';
import { latestOf } from './expected.ts';
import { type Emit, nowhere, type Unjournaled } from './finding.ts';
import { answersTo, inPlaceOf, isOne, type Leaving } from './leaving.ts';
import { knownOctets } from './pattern.ts';
import { LATE, MILLISECOND, PATIENCE, SLACK, STEP } from './times.ts';
import { isContradicted, type Verdict } from './verdicts.ts';

interface Datagram {
  readonly frame: FrameRef;
  readonly bytes: Buffer;
  readonly crc: string;
}

/** An entry whose datagrams have not all left yet. */
interface Waiting {
  readonly entry: MessageEntry;
  request: readonly FrameRef[];
  readonly left: Leaving[];
  readonly answer: FrameRef[];
  /** Whether they leave one after another, with others in between. */
  readonly isSpread: boolean;
  /** The index of the datagram in which a person sees its fault, if that one has left. */
  readonly shownBy: number;
  /** After this time, in seconds since 1970, none of them leaves. */
  readonly latest: number;
}

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
  readonly #came: Datagram[] = [];
  readonly #went: Datagram[] = [];
  /** What left and is of no entry. */
  readonly #astray: Datagram[] = [];
  readonly #waiting: Waiting[] = [];
  /** Datagrams of transfers that came, by their entries, and were not there at their time. */
  readonly #missed: MessageEntry[] = [];
  #latest: FrameRef | undefined;
  /** Octets of the HMAC that the client's latest datagram of a transfer had; undefined before the first. */
  #hmacBytes: number | undefined;

  constructor(client: string, { emit, decided, untaken }: FlowParts) {
    this.#client = client;
    this.#emit = emit;
    this.#decided = decided;
    this.#untaken = untaken;
  }

  /** Whether nothing is open. */
  get idle(): boolean {
    const open = [this.#came, this.#went, this.#astray, this.#waiting, this.#missed];
    return open.every(({ length }) => length === 0);
  }

  /** Whether the client has sent what no entry speaks of so far. */
  get isUnmatched(): boolean {
    return this.#came.length > 0;
  }

  take(frame: Frame): void {
    this.#latest = refOf(frame);
    // What the server sends may have been damaged by a fault.
    if (frame.toServer && isOfTransfer(frame.payload)) this.#hmacBytes = hmacBytesOf(frame.payload);
    if (!this.#decided() && isOfTransfer(frame.payload)) return;
    const datagram = { frame: this.#latest, bytes: frame.payload, crc: crcOf(frame.payload) };
    (frame.toServer ? this.#came : this.#went).push(datagram);
    this.#matchUntil(frame.time - 2 * MILLISECOND);
  }

  /** All frames before the decision have been taken. */
  decide(entry: MessageEntry): void {
    if (isDatagram(entry) && entry.direction === 'out') {
      this.#expect(entry, undefined, inPlaceOf(entry, this.#hmacBytes));
      return;
    }
    const request = this.#request(entry);
    if (isDatagram(entry)) {
      if (request) this.#cameBy(entry, request);
      else this.#missed.push(entry);
      return;
    }
    this.#expect(entry, request, answersTo(entry, request?.bytes));
  }

  /** Gives up what has waited too long at a time, in seconds since 1970, but keeps the newest `most` of each. */
  expire(now: number, most: number): void {
    this.#matchUntil(now - 2 * MILLISECOND);
    const earliest = now - PATIENCE;
    const isOld = ({ frame }: Datagram) => frame.time < earliest;
    for (const datagram of giveUp(this.#came, most, isOld)) this.#leaveOut('client', datagram);
    for (const datagram of giveUp(this.#astray, most, () => true)) this.#leaveOut('server', datagram);
    for (const waiting of giveUp(this.#waiting, most, ({ latest }) => latest < earliest))
      this.#settle(waiting, 'unanswered');
    for (const entry of giveUp(this.#missed, most, () => true)) this.#cameBy(entry);
  }

  /** The capture ends: says what is left. */
  finish(until: number): void {
    this.#matchUntil(Number.POSITIVE_INFINITY);
    for (const entry of this.#missed.splice(0)) this.#cameBy(entry);
    for (const waiting of this.#waiting.splice(0)) {
      this.#askLate(waiting);
      if (this.#leaveLate(waiting)) this.#settle(waiting, 'answered');
      else this.#settle(waiting, waiting.latest + LATE < until ? 'unanswered' : 'open');
    }
    for (const datagram of this.#came.splice(0)) this.#leaveOut('client', datagram);
    for (const datagram of this.#astray.splice(0)) this.#leaveOut('server', datagram);
  }

  /** Takes the datagram that an entry is about. Where several are alike, it is the first. */
  #request(entry: MessageEntry): Datagram | undefined {
    const latest = timeOf(entry) + MILLISECOND;
    const index = this.#came.findIndex(({ frame, crc }) => frame.time < latest && crc === entry.crc);
    return index < 0 ? undefined : this.#came.splice(index, 1)[0];
  }

  /** Says of a datagram of a transfer that it came, at its time or at another. */
  #cameBy(entry: MessageEntry, request = this.#requestOfAnyTime(entry)): void {
    const verdict = request ? 'came' : 'lost';
    const frames = request ? [request.frame] : [];
    this.#emit({ ...nowhere(entry, verdict), request: frames, shows: request?.frame.number });
  }

  /** Where no time matches an entry with its datagram, order and content do. */
  #requestOfAnyTime(entry: MessageEntry): Datagram | undefined {
    const index = this.#came.findIndex(({ crc }) => crc === entry.crc);
    return index < 0 ? undefined : this.#came.splice(index, 1)[0];
  }

  #askLate(waiting: Waiting): void {
    if (waiting.request.length > 0 || (isDatagram(waiting.entry) && waiting.entry.direction === 'out'))
      return;
    const late = this.#requestOfAnyTime(waiting.entry);
    if (late) waiting.request = [late.frame];
  }

  /** The same of what was to leave; true when all of it is there. */
  #leaveLate({ request, left, answer }: Waiting): boolean {
    const asked = request[0]?.time ?? Number.NEGATIVE_INFINITY;
    while (left[0]) {
      const [next] = left;
      const index = this.#astray.findIndex(
        ({ frame, bytes }) => isOne(next, bytes) && frame.time >= asked + next.at - SLACK,
      );
      if (index < 0) return false;
      answer.push(this.#astray.splice(index, 1)[0]!.frame);
      left.shift();
    }
    return true;
  }

  #expect(entry: MessageEntry, request: Datagram | undefined, left: Leaving[] | undefined): void {
    const isSpread = left?.at(0)?.at !== left?.at(-1)?.at;
    const waiting: Waiting = {
      entry,
      request: request ? [request.frame] : [],
      left: left ?? [],
      answer: [],
      isSpread,
      // What leaves several times at once shows in the second.
      shownBy: isSpread ? 0 : 1,
      latest: timeOf(entry) + latestOf(left ?? []),
    };
    if (!left) {
      this.#isUnexplained = true;
      this.#settle(waiting, 'unexplained');
    } else if (left.length === 0) this.#settle(waiting, 'silent');
    else this.#waiting.push(waiting);
  }

  /** Ties what left before a time: all entries of then have been taken. */
  #matchUntil(time: number): void {
    const isDue = ({ frame }: Datagram) => frame.time < time || frame.time > time + STEP;
    while (this.#went[0] && isDue(this.#went[0])) {
      const datagram = this.#went.shift()!;
      if (!this.#leave(datagram)) this.#astray.push(datagram);
    }
  }

  /** Ties a datagram that left to the entry that it can be of; false when there is none. */
  #leave({ frame, bytes }: Datagram): boolean {
    const due = this.#waiting.filter((waiting) => dueOf(waiting) < frame.time + SLACK);
    const alike = bestKnown(due.filter(({ left }) => isOne(left[0]!, bytes)));
    const waiting =
      firstOf(alike.filter((one) => dueOf(one) > frame.time - SLACK)) ??
      firstOf(alike) ??
      // Octets of several answers between each other can have been matched with one another's.
      firstOf(due.filter(({ isSpread, left }) => isSpread && isAsLong(left[0]!, bytes)));
    if (!waiting) return false;
    waiting.left.shift();
    waiting.answer.push(frame);
    if (waiting.left.length === 0) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      this.#askLate(waiting);
      this.#settle(waiting, 'answered');
    }
    return true;
  }

  #settle({ entry, request, answer, shownBy }: Waiting, verdict: Verdict): void {
    const isOut = isDatagram(entry);
    const [asked] = request;
    const shown = answer[shownBy] ?? answer[0] ?? asked ?? (isOut ? this.#latest : undefined);
    const found = asked || isOut ? verdict : 'lost';
    this.#emit({
      kind: 'match',
      entry,
      verdict: this.#isUnexplained && isContradicted({ verdict: found }) ? 'unexplained' : found,
      request,
      answer,
      shows: shown?.number,
      took: asked && answer[0] ? answer[0].time - asked.time : undefined,
    });
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

/** The one that was due first; one that is held back comes behind those that are not. */
function firstOf(all: readonly Waiting[]): Waiting | undefined {
  const order = (waiting: Waiting) =>
    (waiting.left[0]!.isHeld ? Number.MAX_SAFE_INTEGER : 0) + dueOf(waiting);
  return all.reduce<Waiting | undefined>(
    (first, other) => (first && order(first) <= order(other) ? first : other),
    undefined,
  );
}

/** When the next of them leaves at the earliest, in seconds since 1970. */
function dueOf({ entry, left }: Waiting): number {
  return timeOf(entry) + left[0]!.at;
}

/** Those of which most octets are known: a corrupted byte where the journal has no other tells it from the rest. */
function bestKnown(alike: readonly Waiting[]): readonly Waiting[] {
  if (alike.length < 2) return alike;
  const counts = alike.map(({ left: [next] }) =>
    next!.crc === undefined ? knownOctets(next!.forms[0]!) : next!.forms[0]!.bytes.length,
  );
  const most = Math.max(...counts);
  return alike.filter((_, index) => counts[index] === most);
}

function isAsLong({ forms }: Leaving, bytes: Buffer): boolean {
  return forms.some((form) => form.bytes.length === bytes.length);
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
