import { isHmac } from '#common/hmac.ts';
import { decodeDatagram, hmacLength, isOfTransfer, tagAsSent } from '#common/transfer/datagram.ts';
import { type DatagramEntry, isDatagram, type MessageEntry, timeOf } from '../entries.ts';
import type { Frame } from '../frames.ts';
import { latestOf } from './expected.ts';
import { answersTo, inPlaceOf, isMessageOf, isOne, type Leaving } from './leaving.ts';
import { type Found, type FrameRef, type Loose, refOf } from './tie.ts';
import { LATE, MILLISECOND, SLACK } from './times.ts';
import { UnexplainedFound } from './unexplained-found.ts';
import type { Verdict } from './verdicts.ts';

/** How long a datagram waits for its entry, and an entry for its datagrams, in seconds. */
const PATIENCE = 2;

interface Datagram {
  readonly frame: FrameRef;
  readonly bytes: Buffer;
}

/** An entry whose datagrams have not all left yet. */
interface Waiting {
  readonly entry: MessageEntry;
  readonly request: readonly FrameRef[];
  readonly left: Leaving[];
  readonly answer: FrameRef[];
  /** Whether they leave one after another, with others in between. */
  readonly isSpread: boolean;
  /** In which of its datagrams a person sees its fault, if there are so many. */
  readonly shownBy: number;
  /** After this time, in seconds since 1970, none of them leaves. */
  readonly latest: number;
}

/** All that a UDP port of a client exchanges with the echo server: messages, and datagrams of transfers. */
export class DatagramFlow {
  readonly #client: string;
  readonly #found: UnexplainedFound;
  /** Whether datagrams of transfers have entries at the time. */
  readonly #decided: () => boolean;
  #came: Datagram[] = [];
  #went: Datagram[] = [];
  /** What left and is of no entry. */
  #astray: Datagram[] = [];
  #waiting: Waiting[] = [];
  #latest: FrameRef | undefined;
  /** Octets of the HMAC that the client's latest datagram of a transfer had. */
  #hmacBytes = 0;

  constructor(client: string, found: Found, decided: () => boolean) {
    this.#client = client;
    this.#found = new UnexplainedFound(found);
    this.#decided = decided;
  }

  /** Whether nothing is open. */
  get idle(): boolean {
    return this.#came.length + this.#went.length + this.#astray.length + this.#waiting.length === 0;
  }

  take(frame: Frame): void {
    const datagram = { frame: refOf(frame), bytes: frame.payload };
    this.#latest = datagram.frame;
    // What the server sends may have been damaged by a fault.
    if (frame.toServer && isOfTransfer(frame.payload)) this.#hmacBytes = hmacBytesOf(frame.payload);
    if (!this.#decided() && isOfTransfer(frame.payload)) return;
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
      const verdict = request ? 'came' : 'lost';
      const frames = request ? [request.frame] : [];
      this.#found.tie({ entry, verdict, request: frames, answer: [], shows: request?.frame.number });
      return;
    }
    this.#expect(entry, request, answersTo(entry, request?.bytes));
  }

  /** Gives up what has waited too long at a time, in seconds since 1970. */
  expire(now: number): void {
    this.#matchUntil(now - 2 * MILLISECOND);
    const earliest = now - PATIENCE;
    for (const datagram of this.#came) if (isBeforeTime(datagram, earliest)) this.#loose('client', datagram);
    this.#came = this.#came.filter((datagram) => !isBeforeTime(datagram, earliest));
    for (const datagram of this.#astray) this.#loose('server', datagram);
    this.#astray = [];
    const isOver = ({ latest }: Waiting) => latest < earliest;
    for (const waiting of this.#waiting) if (isOver(waiting)) this.#settle(waiting, 'unanswered');
    this.#waiting = this.#waiting.filter((waiting) => !isOver(waiting));
  }

  /** The capture ends: says what is left. */
  finish(until: number): void {
    this.#matchUntil(Number.POSITIVE_INFINITY);
    this.expire(until);
    for (const datagram of this.#came) this.#loose('client', datagram);
    for (const waiting of this.#waiting) {
      this.#settle(waiting, waiting.latest + LATE < until ? 'unanswered' : 'open');
    }
  }

  /** Takes the datagram that an entry is about. Where several are alike, it is the first. */
  #request(entry: MessageEntry): Datagram | undefined {
    const latest = timeOf(entry) + MILLISECOND;
    const index = this.#came.findIndex(({ frame, bytes }) => frame.time < latest && isAbout(entry, bytes));
    return index < 0 ? undefined : this.#came.splice(index, 1)[0];
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
      this.#found.isUnexplained = true;
      this.#settle(waiting, 'unexplained');
    } else if (left.length === 0) this.#settle(waiting, 'silent');
    else this.#waiting.push(waiting);
  }

  /** Ties what left before a time: all entries of then have been taken. */
  #matchUntil(time: number): void {
    while (this.#went[0] && this.#went[0].frame.time < time) {
      const datagram = this.#went.shift()!;
      if (!this.#leave(datagram)) this.#astray.push(datagram);
    }
  }

  /** Ties a datagram that left to the entry that it can be of; false when there is none. */
  #leave({ frame, bytes }: Datagram): boolean {
    const due = this.#waiting.filter((waiting) => dueOf(waiting) < frame.time + SLACK);
    const alike = due.filter(({ left }) => isOne(left[0]!, bytes));
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
      this.#settle(waiting, 'answered');
    }
    return true;
  }

  #settle({ entry, request, answer, shownBy }: Waiting, verdict: Verdict): void {
    const isOut = isDatagram(entry);
    const [asked] = request;
    const shown = answer[shownBy] ?? answer[0] ?? asked ?? (isOut ? this.#latest : undefined);
    this.#found.tie({
      entry,
      verdict: asked || isOut ? verdict : 'lost',
      request,
      answer,
      shows: shown?.number,
      took: asked && answer[0] ? answer[0].time - asked.time : undefined,
    });
  }

  #loose(from: Loose['from'], { frame, bytes }: Datagram): void {
    const what = `${bytes.length} bytes`;
    this.#found.loose({
      server: 'echo',
      transport: 'udp',
      client: this.#client,
      from,
      frames: [frame],
      what,
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

function isAsLong({ forms }: Leaving, bytes: Buffer): boolean {
  return forms.some((form) => form.bytes.length === bytes.length);
}

function hmacBytesOf(bytes: Buffer): number {
  // What does not look like one need not be hashed.
  const datagram = isHmac(bytes, bytes.length) ? decodeDatagram(bytes) : undefined;
  return datagram ? hmacLength(bytes, datagram) : 0;
}

function isBeforeTime({ frame }: Datagram, time: number): boolean {
  return frame.time < time;
}

function isAbout(entry: MessageEntry | DatagramEntry, bytes: Buffer): boolean {
  if (isOfTransfer(bytes) !== isDatagram(entry)) return false;
  if (!isDatagram(entry)) return isMessageOf(entry, bytes);
  return entry.damaged ? bytes.length === entry.length : tagAsSent(bytes) === entry.tag;
}
