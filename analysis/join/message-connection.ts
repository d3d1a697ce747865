import { FIN, type Frame, type FrameRef, RST, refOf } from '#analysis/capture/frames.ts';
import type { Range } from '#analysis/capture/tcp-stream.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { EventNamed, MessageEntry } from '#lib/journal/schema.ts';
import { LF } from '#lib/message/message.ts';
import { Claims } from './claims.ts';
import { ENDINGS } from './expected.ts';
import { type Emit, matchOf, type Unjournaled } from './finding.ts';
import { follow, isMessageOf, PlacedStream } from './placed-stream.ts';
import { SoughtMessage } from './sought-message.ts';
import { isContradicted } from './verdicts.ts';

/** More bytes of one side without an entry are reported at once. */
const MOST_UNCLAIMED = 2 ** 20;
/** At most this many entries of one connection wait for packets. */
const MOST_SOUGHT = 256;
/** An entry is given up when this many later messages have their answers. */
const MOST_LATER = 1024;

/**
 * A TCP connection to the echo server. Each entry has the stream offsets of its message and of its answer. The bytes
 * there must be what was decided; times play no part.
 */
export class MessageConnection {
  readonly #client: string;
  readonly #emit: Emit;
  readonly #olderUntil: number;
  readonly #requests = new PlacedStream();
  readonly #answers = new PlacedStream();
  /** The parts of each stream that have an entry. */
  readonly #asked = new Claims();
  readonly #claims = new Claims();
  readonly #sought: SoughtMessage[] = [];
  /** Where held-back answers were sent. */
  readonly #late: Range[] = [];
  /** Ends of messages without a line ending, and line endings that came later, which are echoed by themselves. */
  readonly #open = new Set<number>();
  readonly #endings: Buffer[] = [];
  /** Entries with an unknown fault, and whether one of them sent something late, which may be anywhere. */
  readonly #unknownFaults = new Set<number>();
  #hasUnknownFault = false;
  readonly #fins = new Set<boolean>();
  #end: FrameRef | undefined;
  #reset: FrameRef | undefined;
  /** When the connection ended, in seconds since 1970. */
  closed: number | undefined;

  /**
   * @param olderUntil the latest decision on a message from before the capture, in seconds since 1970; undefined if there
   *   can be none
   */
  constructor(client: string, emit: Emit, olderUntil = Number.NEGATIVE_INFINITY) {
    this.#client = client;
    this.#emit = emit;
    this.#olderUntil = olderUntil;
  }

  take(frame: Frame): void {
    const { toServer, flags } = frame;
    const [own, other] = toServer ? [this.#requests, this.#answers] : [this.#answers, this.#requests];
    follow(own, other, frame);
    if (flags & (FIN | RST)) this.#takeEnd(frame, own);
    this.#settleReady();
    this.#limit();
  }

  /** Takes a decision, after all frames before it. */
  decide(entry: MessageEntry): void {
    const sought = new SoughtMessage(entry, timeOf(entry) <= this.#olderUntil);
    this.#sought.push(sought);
    // If the clock was set back, an earlier entry may come later.
    this.#sought.sort((one, other) => one.entry.id - other.entry.id);
    if (this.#sought.length > MOST_SOUGHT) this.#settle(this.#sought[0]!);
    this.#settleReady();
  }

  /** The last frame of the message of an entry that waits for its answer. */
  frameOf(entry: MessageEntry): FrameRef | undefined {
    return this.#sought.findLast((sought) => sought.entry === entry)?.request?.frames.at(-1);
  }

  /** Whether it has the message of an entry, as far as is known now. */
  has(entry: MessageEntry): boolean {
    const { at = 0, bytes: length = 0 } = entry;
    const { bytes, known, frames } = this.#requests.at({ from: at, to: at + length });
    if (at < this.#asked.done || frames.length === 0) return false;
    // The CRC can't be compared if the capture lacks a part.
    return isMessageOf(known ? { ...entry, crc: undefined } : entry, bytes);
  }

  /** Whether this entry still waits for its packets. */
  seeks(id: number): boolean {
    return this.#unknownFaults.has(id) || this.#sought.some(({ entry }) => entry.id === id);
  }

  /** A held-back answer was sent. */
  sent({ entry: id, answer_at }: EventNamed<'sent'>): void {
    const sought = this.#sought.find(({ entry }) => entry.id === id);
    // With an unknown fault, its length is unknown.
    if (!sought || sought.hasUnknownFault) {
      this.#hasUnknownFault ||= sought?.hasUnknownFault ?? this.#unknownFaults.has(id);
      return;
    }
    sought.sentAt(answer_at);
    this.#late.push(...sought.late.slice(-1));
    this.#settleReady();
  }

  /** Whether bytes of the client have no entry so far, or an entry no bytes. */
  get isUnmatched(): boolean {
    return this.#sought.length > 0 || this.#requests.end > this.#asked.done;
  }

  /** No more frames follow until this time, in seconds since 1970: emits what is unfinished. */
  finish(until: number): void {
    for (const sought of [...this.#sought]) this.#settle(sought, until);
    this.#emitUnjournaledUpTo('client', this.#requests.end);
    this.#emitUnjournaledUpTo('server', this.#answers.end);
  }

  #settleReady(): void {
    let isAfterHeld = false;
    for (const sought of [...this.#sought]) {
      const isThere = sought.request !== undefined || sought.locate(this.#requests, false);
      if (!this.#answers.isPlaced) sought.place(this.#answers);
      if (isThere && !isAfterHeld && this.#isReady(sought)) this.#settle(sought);
      // A held-back answer may be sent in the middle of a later one.
      isAfterHeld ||= sought.isHeld;
    }
    // Answers are sent in order, so a missing one does not come later. Later ones are kept until that is certain.
    while (this.#sought[0] && this.#isPassed(this.#sought[0])) this.#settle(this.#sought[0]);
  }

  #isPassed({ isHeld }: SoughtMessage): boolean {
    const { count, last, done } = this.#claims;
    return !isHeld && (Math.max(count, this.#asked.count) > MOST_LATER || last - done > MOST_WAITING);
  }

  #isReady(sought: SoughtMessage): boolean {
    if (sought.hasUnknownFault) return this.#next(sought) !== undefined;
    return sought.isAnswered(this.#answers, sought.ranges(this.#late), this.#ending);
  }

  /** Emits the match of an entry: by now, or because no more frames follow until a time. */
  #settle(sought: SoughtMessage, until?: number): void {
    if (!sought.request) sought.locate(this.#requests, true);
    const { entry, request, range } = sought;
    this.#asked.add([range]);
    if (request!.bytes.at(-1) !== LF) this.#open.add(range.to);
    const ranges = this.#rangesOf(sought);
    if (sought.hasUnknownFault) this.#unknownFaults.add(entry.id);
    const { reason, ...found } = sought.hasUnknownFault
      ? this.#ofUnknownFault(ranges)
      : sought.outcome(this.#answers, ranges, { ...this.#ending, until });
    this.#sought.splice(this.#sought.indexOf(sought), 1);
    this.#claims.add(ranges);
    const excused = this.#hasUnknownFault && isContradicted({ reason }) ? 'unknown-fault' : reason;
    this.#emit(matchOf(entry, excused, { request: request!.frames, ...found }));
    this.#forget();
  }

  /** The answer of an unknown fault is everything up to the next answer. */
  #rangesOf(sought: SoughtMessage): readonly Range[] {
    if (!sought.hasUnknownFault) return sought.ranges(this.#late);
    const to = this.#next(sought)?.answerAt ?? this.#answers.end;
    return [{ from: sought.answerAt, to: Math.max(sought.answerAt, to) }];
  }

  #ofUnknownFault([range]: readonly Range[]) {
    const { frames } = this.#answers.at(range!);
    return { reason: 'unknown-fault', response: frames, shown: frames[0], end: undefined } as const;
  }

  #next(sought: SoughtMessage): SoughtMessage | undefined {
    return this.#sought[this.#sought.indexOf(sought) + 1];
  }

  get #ending() {
    return { end: this.#end, reset: this.#reset, until: undefined };
  }

  /** Drops what no entry needs any more, and reports the bytes without an entry. */
  #forget(): void {
    const froms = this.#sought.map(({ range }) => range.from);
    const answers = this.#sought.map(({ answerAt }) => answerAt);
    this.#emitUnjournaledUpTo('client', Math.min(this.#asked.last, ...froms));
    this.#emitUnjournaledUpTo('server', Math.min(this.#claims.last, ...answers));
    while (this.#late[0] && this.#late[0].to <= this.#claims.done) this.#late.shift();
  }

  #emitUnjournaledUpTo(from: Unjournaled['from'], limit: number): void {
    const [claims, stream] =
      from === 'client' ? [this.#asked, this.#requests] : [this.#claims, this.#answers];
    for (const range of claims.freeUpTo(limit)) this.#emitUnjournaled(from, range);
    stream.drop(claims.done);
    for (const end of this.#open) if (end < this.#asked.done) this.#open.delete(end);
  }

  /** Reports bytes without an entry when there are more than a server can hold undecided. */
  #limit(): void {
    if (this.#sought.length > 0) return;
    const [asked, answered] = [this.#requests.end, this.#answers.end];
    if (asked - this.#asked.done > MOST_WAITING) this.#emitUnjournaledUpTo('client', asked);
    if (answered - this.#claims.done > MOST_UNCLAIMED) this.#emitUnjournaledUpTo('server', answered);
  }

  #takeEnd(frame: Frame, own: PlacedStream): void {
    const { flags, toServer, seq, payload, time } = frame;
    // Hosts ignore a FIN or RST of an earlier connection (RFC 5961, 3.2).
    if (own.isFar(seq)) return;
    // A client that has closed its side still gets answers.
    if (flags & RST || !toServer) this.#end ??= refOf(frame);
    if (flags & RST && !toServer) this.#reset ??= refOf(frame);
    if (flags & FIN) {
      own.finish(seq + payload.length);
      this.#fins.add(toServer);
    }
    if (flags & RST || this.#fins.size === 2) this.closed ??= time;
  }

  /** Reports bytes without an entry, except late line endings and their echoes. */
  #emitUnjournaled(from: Unjournaled['from'], { from: start, to }: Range): void {
    const stream = from === 'client' ? this.#requests : this.#answers;
    const range = stream.cut({ from: start, to });
    if (range.to <= range.from || (from === 'server' && this.#hasUnknownFault)) return;
    const { bytes } = stream.at(range);
    const skipped = from === 'client' ? this.#lateEnding(range.from, bytes) : this.#echoedEndings(bytes);
    const rest = stream.at({ from: range.from + skipped, to: range.to });
    if (rest.frames.length === 0 || rest.bytes.length === 0) return;
    const what = `${rest.bytes.length} bytes`;
    const { frames } = rest;
    this.#emit({
      kind: 'unjournaled',
      server: 'echo',
      transport: 'tcp',
      client: this.#client,
      from,
      frames,
      what,
    });
  }

  #lateEnding(at: number, bytes: Buffer): number {
    const ending = ENDINGS.findLast((one) => bytes.indexOf(one) === 0);
    if (!this.#open.delete(at) || !ending?.length) return 0;
    this.#endings.push(ending);
    return ending.length;
  }

  #echoedEndings(bytes: Buffer): number {
    let length = 0;
    while (this.#endings[0] && bytes.indexOf(this.#endings[0], length) === length) {
      length += this.#endings.shift()!.length;
    }
    return length;
  }
}

/** A server and its kernel hold at most this many undecided bytes of a client. */
const MOST_WAITING = 16 * 2 ** 20;
