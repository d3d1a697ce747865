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

/** Bytes of one side that no entry speaks of, at most, before they are called that. */
const MOST_UNCLAIMED = 2 ** 20;
/** Entries of one connection that wait for packets, at most. */
const MOST_SOUGHT = 256;
/** So many later messages may have their answers, and so many bytes of these be kept, until one without is given up. */
const MOST_BEHIND = 1024;

/**
 * A TCP connection to the echo server. Each entry says where its message is and where its answer begins, in what each
 * side sends; what is there must be what was decided. Time decides nothing.
 */
export class MessageConnection {
  readonly #client: string;
  readonly #emit: Emit;
  readonly #olderUntil: number;
  readonly #requests = new PlacedStream();
  readonly #answers = new PlacedStream();
  /** What of each stream is of entries. */
  readonly #asked = new Claims();
  readonly #claims = new Claims();
  readonly #sought: SoughtMessage[] = [];
  /** Where answers left that had been held back. */
  readonly #late: Range[] = [];
  /** Where messages end that have no line ending, and those that came too late, which are echoed by themselves. */
  readonly #open = new Set<number>();
  readonly #endings: Buffer[] = [];
  /** Entries whose fault is not known here; and whether one of them has sent something late, which can be anywhere. */
  readonly #unexplained = new Set<number>();
  #isUnexplained = false;
  readonly #fins = new Set<boolean>();
  #end: FrameRef | undefined;
  #reset: FrameRef | undefined;
  /** When it ended, in seconds since 1970. */
  closed: number | undefined;

  /**
   * @param olderUntil when a message that was sent before the capture began is decided at the latest, in seconds since
   *   1970; undefined where there can be none
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

  /** All frames before the decision have been taken. */
  decide(entry: MessageEntry): void {
    const sought = new SoughtMessage(entry, timeOf(entry) <= this.#olderUntil);
    this.#sought.push(sought);
    // Of two of a time that was set back the earlier may come later.
    this.#sought.sort((one, other) => one.entry.id - other.entry.id);
    if (this.#sought.length > MOST_SOUGHT) this.#settle(this.#sought[0]!);
    this.#settleReady();
  }

  /** Whether it has the message of an entry, as far as it can be told now. */
  has(entry: MessageEntry): boolean {
    const { at = 0, bytes: length = 0 } = entry;
    const { bytes, known, frames } = this.#requests.at({ from: at, to: at + length });
    if (at < this.#asked.done || frames.length === 0) return false;
    // Where the capture lacks some of it there is no CRC to compare.
    return isMessageOf(known ? { ...entry, crc: undefined } : entry, bytes);
  }

  /** Whether an entry of it waits for its packets. */
  seeks(id: number): boolean {
    return this.#unexplained.has(id) || this.#sought.some(({ entry }) => entry.id === id);
  }

  /** An answer that was held back has left. */
  sent({ entry: id, answer_at }: EventNamed<'sent'>): void {
    const sought = this.#sought.find(({ entry }) => entry.id === id);
    // How much leaves there nobody knows.
    if (!sought || sought.isUnexplained) {
      this.#isUnexplained ||= sought?.isUnexplained ?? this.#unexplained.has(id);
      return;
    }
    sought.sentAt(answer_at);
    this.#late.push(...sought.late.slice(-1));
    this.#settleReady();
  }

  /** Whether it has bytes of the client, or entries, that have not found each other so far. */
  get isUnmatched(): boolean {
    return this.#sought.length > 0 || this.#requests.end > this.#asked.done;
  }

  /** Nothing more comes up to a time, in seconds since 1970: says what is left. */
  finish(until: number): void {
    for (const sought of [...this.#sought]) this.#settle(sought, until);
    this.#leaveOutUpTo('client', this.#requests.end);
    this.#leaveOutUpTo('server', this.#answers.end);
  }

  #settleReady(): void {
    let isBehindHeld = false;
    for (const sought of [...this.#sought]) {
      const isThere = sought.request !== undefined || sought.locate(this.#requests, false);
      if (!this.#answers.isPlaced) sought.place(this.#answers);
      if (isThere && !isBehindHeld && this.#isReady(sought)) this.#settle(sought);
      // What is held back may leave in the middle of it.
      isBehindHeld ||= sought.isHeld;
    }
    // Answers leave in order, so what is not there by now is not to come. All behind it is kept until then.
    while (this.#sought[0] && this.#isPassed(this.#sought[0])) this.#settle(this.#sought[0]);
  }

  #isPassed({ isHeld }: SoughtMessage): boolean {
    const { count, last, done } = this.#claims;
    return !isHeld && (Math.max(count, this.#asked.count) > MOST_BEHIND || last - done > MOST_WAITING);
  }

  #isReady(sought: SoughtMessage): boolean {
    if (sought.isUnexplained) return this.#next(sought) !== undefined;
    return sought.isAnswered(this.#answers, sought.ranges(this.#late), this.#ending);
  }

  /** Says what the packets say of an entry: by now, or as nothing more comes up to a time. */
  #settle(sought: SoughtMessage, until?: number): void {
    if (!sought.request) sought.locate(this.#requests, true);
    const { entry, request, range } = sought;
    this.#asked.add([range]);
    if (request!.bytes.at(-1) !== LF) this.#open.add(range.to);
    const ranges = this.#rangesOf(sought);
    if (sought.isUnexplained) this.#unexplained.add(entry.id);
    const { verdict, ...found } = sought.isUnexplained
      ? this.#ofUnknownFault(ranges)
      : sought.outcome(this.#answers, ranges, { ...this.#ending, until });
    this.#sought.splice(this.#sought.indexOf(sought), 1);
    this.#claims.add(ranges);
    const said = this.#isUnexplained && isContradicted({ verdict }) ? 'unexplained' : verdict;
    this.#emit(matchOf(entry, said, { request: request!.frames, ...found }));
    this.#forget();
  }

  /** Of a fault that is not known here it is all up to the next answer. */
  #rangesOf(sought: SoughtMessage): readonly Range[] {
    if (!sought.isUnexplained) return sought.ranges(this.#late);
    const to = this.#next(sought)?.answerAt ?? this.#answers.end;
    return [{ from: sought.answerAt, to: Math.max(sought.answerAt, to) }];
  }

  #ofUnknownFault([range]: readonly Range[]) {
    const { frames } = this.#answers.at(range!);
    return { verdict: 'unexplained', answer: frames, shown: frames[0], end: undefined } as const;
  }

  #next(sought: SoughtMessage): SoughtMessage | undefined {
    return this.#sought[this.#sought.indexOf(sought) + 1];
  }

  get #ending() {
    return { end: this.#end, reset: this.#reset, until: undefined };
  }

  /** Lets go of what no entry needs any more, and says what in it is of none. */
  #forget(): void {
    const froms = this.#sought.map(({ range }) => range.from);
    const answers = this.#sought.map(({ answerAt }) => answerAt);
    this.#leaveOutUpTo('client', Math.min(this.#asked.last, ...froms));
    this.#leaveOutUpTo('server', Math.min(this.#claims.last, ...answers));
    while (this.#late[0] && this.#late[0].to <= this.#claims.done) this.#late.shift();
  }

  #leaveOutUpTo(from: Unjournaled['from'], limit: number): void {
    const [claims, stream] =
      from === 'client' ? [this.#asked, this.#requests] : [this.#claims, this.#answers];
    for (const range of claims.freeUpTo(limit)) this.#leaveOut(from, range);
    stream.drop(claims.done);
    for (const end of this.#open) if (end < this.#asked.done) this.#open.delete(end);
  }

  /** What is more than a server can have waiting for its entries is of none. */
  #limit(): void {
    if (this.#sought.length > 0) return;
    const [asked, answered] = [this.#requests.end, this.#answers.end];
    if (asked - this.#asked.done > MOST_WAITING) this.#leaveOutUpTo('client', asked);
    if (answered - this.#claims.done > MOST_UNCLAIMED) this.#leaveOutUpTo('server', answered);
  }

  #takeEnd(frame: Frame, own: PlacedStream): void {
    const { flags, toServer, seq, payload, time } = frame;
    // Nobody takes one that is left over of an earlier connection (RFC 5961, 3.2).
    if (own.isFar(seq)) return;
    // A client that has closed its side is answered still.
    if (flags & RST || !toServer) this.#end ??= refOf(frame);
    if (flags & RST && !toServer) this.#reset ??= refOf(frame);
    if (flags & FIN) {
      own.finish(seq + payload.length);
      this.#fins.add(toServer);
    }
    if (flags & RST || this.#fins.size === 2) this.closed ??= time;
  }

  /** Says of a part that no entry speaks of it, but for line endings that came too late, and for their echoes. */
  #leaveOut(from: Unjournaled['from'], { from: start, to }: Range): void {
    const stream = from === 'client' ? this.#requests : this.#answers;
    const range = stream.cut({ from: start, to });
    if (range.to <= range.from || (from === 'server' && this.#isUnexplained)) return;
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

/** Bytes that a server and its kernel hold of a client that sends ahead, at most. */
const MOST_WAITING = 16 * 2 ** 20;
