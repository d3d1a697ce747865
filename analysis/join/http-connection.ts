import { ACK, FIN, type Frame, type FrameRef, RST, refOf, SYN } from '#analysis/capture/frames.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { HttpEntry } from '#lib/journal/schema.ts';
import { type Emit, type MatchFrames, matchOf, type Unjournaled } from './finding.ts';
import {
  type Answer,
  BAD,
  INTERIM,
  isAbout,
  isAwaited,
  isBesides,
  isOver,
  isSettled,
  type Request,
} from './http-requests.ts';
import { LATE, MILLISECOND } from './times.ts';
import type { Reason } from './verdicts.ts';

/** At most this many requests wait for their entries or answers. */
const MOST_OPEN = 256;

/**
 * A TCP connection to the HTTP server. An entry has the number of its request on the connection, and the offset of its
 * answer.
 */
export class HttpConnection {
  readonly #client: string;
  readonly #emit: Emit;
  readonly #requests: Request[] = [];
  /** The last request, while it is incomplete. It may be answered before it is complete. */
  #begun: Request | undefined;
  /** Sequence number of the client's latest segment with data. */
  #latest: number | undefined;
  /** How many requests are complete. */
  #count = 0;
  /** How many requests the capture lacks. Undefined at first if it begins in the middle of the connection. */
  #lacking: number | undefined;
  /** The sequence number of the server's first byte. */
  #base: number | undefined;
  /** Entries without a request, and answers without a request. */
  readonly #lost: HttpEntry[] = [];
  readonly #answers: Answer[] = [];
  readonly #fins = new Set<boolean>();
  /** The client has acknowledged the server's bytes before this sequence number. */
  #clientHas = 0;
  /** The latest segment with an answer, also an interim one: where it begins, and the earliest begin of its answer. */
  #answered: { readonly seq: number; readonly from: number } | undefined;
  /** The sequence number with which the server ended the connection. */
  #sent: number | undefined;
  readonly #ends: FrameRef[] = [];
  /** Those after which the server can't send. */
  readonly #closings: FrameRef[] = [];
  /** When the connection ended, in seconds since 1970. */
  closed: number | undefined;

  constructor(client: string, emit: Emit) {
    this.#client = client;
    this.#emit = emit;
  }

  take(frame: Frame): void {
    const { codes, flags, toServer } = frame;
    if (flags & SYN) this.#begin(frame);
    if (toServer && flags & ACK) this.#clientHas = frame.ack;
    this.#release();
    if (!toServer || flags & ACK) this.#moveOn(toServer ? frame.ack : frame.seq);
    if (toServer) this.#ask(frame);
    else if (codes.length > 0) this.#answerAll(frame);
    if (flags & (FIN | RST)) this.#end(frame);
  }

  #answerAll(frame: Frame): void {
    this.#answered = { seq: frame.seq, from: this.#asked(frame.seq)?.ack ?? frame.seq };
    for (const code of frame.codes) if (!INTERIM.test(code)) this.#answer(frame, code);
  }

  #end(frame: Frame): void {
    const { flags, toServer } = frame;
    this.#ends.push(refOf(frame));
    // A client that has closed its side still gets answers.
    if (flags & RST || !toServer) this.#closings.push(refOf(frame));
    if (!toServer) this.#sent = frame.seq;
    this.#fins.add(toServer);
    if (flags & RST || this.#fins.size === 2) this.closed ??= frame.time;
  }

  #begin({ toServer, seq }: Frame): void {
    this.#lacking ??= 0;
    if (!toServer) this.#base = (seq + 1) >>> 0;
  }

  /** Takes the requests that a segment completes, or the begin of one. */
  #ask(frame: Frame): void {
    const { requests, begin, seq, ack, payload } = frame;
    const hasData = payload.length > 0;
    const isNew = this.#latest === undefined || ((seq - this.#latest) | 0) > 0;
    if (hasData && isNew) this.#latest = seq;
    if (requests.length === 0) {
      if (!hasData || !isNew || this.#begun) return;
      this.#begun = { number: this.#count + 1, frame: refOf(frame), what: '', ack };
      this.#requests.push(this.#begun);
      return;
    }
    const begun = this.#begun?.frame.number === begin ? this.#begun : undefined;
    if (begun) this.#complete(begun, requests[0]!, frame);
    else this.#drop();
    this.#begun = undefined;
    for (const what of begun ? requests.slice(1) : requests) {
      this.#count += 1;
      this.#requests.push({ number: this.#count, frame: refOf(frame), what, ack });
    }
    for (const entry of this.#lost.splice(0)) this.decide(entry);
  }

  #complete(request: Request, what: string, frame: Frame): void {
    this.#count += 1;
    request.what = what;
    if (request.answer) {
      if (isOver(request)) this.#forget(request);
      return;
    }
    // If it was decided before its body was complete, its first frame remains the request.
    if (!request.entry) request.frame = refOf(frame);
    if (((frame.ack - request.ack) | 0) > 0) request.ack = frame.ack;
  }

  /** Drops what never became a request: no HTTP, or the rest of one from before the capture. */
  #drop(): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (!begun || isSettled(begun)) return;
    this.#forget(begun);
    if (begun.entry) this.#lost.push(begun.entry);
    if (begun.answer) this.#answers.push(begun.answer);
    if (begun.bad) this.#answers.push(begun.bad);
  }

  /** Whether a request has no entry so far, or an entry no request. */
  get isUnmatched(): boolean {
    return this.#lost.length > 0 || this.#requests.some(isAwaited);
  }

  /** Gives up the oldest answered request without an entry when there are too many. */
  #release(): void {
    const [oldest] = this.#requests;
    if (this.#requests.length < MOST_OPEN || !oldest?.answer || oldest === this.#begun || oldest.entry)
      return;
    this.#requests.shift();
    if (isAwaited(oldest)) this.#emitUnjournaled('client', oldest.frame, oldest.what);
  }

  /** Requests that a segment with an answer did not answer are answered after that segment. */
  #moveOn(next: number): void {
    if (this.#answered === undefined || ((next - this.#answered.seq) | 0) <= 0) return;
    const { from } = this.#answered;
    for (const request of this.#requests) {
      const isBetween = ((request.ack - from) | 0) >= 0 && ((next - request.ack) | 0) > 0;
      if (!request.answer && isBetween) request.ack = next;
    }
    this.#answered = undefined;
  }

  /** Takes a decision, after all frames before it. */
  decide(entry: HttpEntry): void {
    const request = this.#requestOf(entry);
    if (!request) {
      this.#lost.push(entry);
      return;
    }
    request.entry = entry;
    this.#lacking = (entry.exchange ?? 0) - request.number;
    if (request.answer) this.#settle(request, request.answer);
  }

  /** The frame of the request of an entry that waits for its answer. */
  frameOf(entry: HttpEntry): FrameRef | undefined {
    return this.#requests.findLast((request) => request.entry === entry)?.frame;
  }

  /** Whether it has the request of an entry, as far as is known now. */
  has(entry: HttpEntry): boolean {
    return this.#requestOf(entry) !== undefined;
  }

  /** The request of an entry, by its number, or by the offset of its answer where the capture lacks requests. */
  #requestOf(entry: HttpEntry): Request | undefined {
    const open = this.#requests.filter(({ entry: other, what }) => !other && isAbout(entry, what));
    if (this.#lacking === undefined) return this.#firstRequestOf(entry, open);
    const at = this.#answerAt(entry);
    const numbered = open.find(({ number }) => number + this.#lacking! === entry.exchange);
    if (numbered && (at === undefined || !isBesides(numbered, at))) return numbered;
    return at === undefined ? undefined : open.find(({ ack }) => ack === at);
  }

  /** If the capture begins in the middle: the latest request before the entry; of pipelined ones the first. */
  #firstRequestOf(entry: HttpEntry, open: readonly Request[]): Request | undefined {
    const latest = open.findLast(({ frame }) => frame.time < timeOf(entry) + MILLISECOND);
    const request = open.find(({ ack }) => ack === latest?.ack);
    if (request && entry.answer_at !== undefined) this.#base = (request.ack - entry.answer_at) >>> 0;
    return request;
  }

  /** The sequence number where the answer of an entry begins. */
  #answerAt({ answer_at }: HttpEntry): number | undefined {
    if (this.#base === undefined || answer_at === undefined) return undefined;
    return (this.#base + answer_at) >>> 0;
  }

  /** No more frames follow until this time, in seconds since 1970: emits what is unfinished. */
  finish(until: number): void {
    // Without an answer, the capture may end before the request does.
    if (this.#begun?.answer) this.#drop();
    for (const entry of this.#lost) {
      const at = this.#answerAt(entry);
      const index = this.#answers.findIndex(
        ({ from, to }) => at !== undefined && ((at - from) | 0) >= 0 && ((to - at) | 0) > 0,
      );
      const response = index < 0 ? [] : this.#answers.splice(index, 1).map(({ frame }) => frame);
      this.#emit(matchOf(entry, 'request-missing', { response }));
    }
    for (const { frame, code } of this.#answers) this.#emitUnjournaled('server', frame, `response ${code}`);
    for (const request of this.#requests) {
      if (request.entry) this.#giveUp(request, until);
      else if (isAwaited(request)) this.#emitUnjournaled('client', request.frame, request.what);
    }
  }

  /**
   * The request of an answer: an answer begins right after the bytes that the client had acknowledged when it asked. That
   * holds also if the capture lacks an earlier answer. With pipelined requests it is the first unanswered one.
   */
  #asked(seq: number): Request | undefined {
    const open = this.#requests.filter(({ ack, answer }) => !answer && ((seq - ack) | 0) >= 0);
    const latest = open.at(-1);
    return open.find(({ ack }) => ack === latest!.ack);
  }

  #answer(frame: Frame, code: string): void {
    const request = this.#asked(frame.seq);
    const { seq: from, payload } = frame;
    // Over TLS the length of an answer is unknown; its frame has no other.
    const answer = { frame: refOf(frame), code, from, to: from + Math.max(1, payload.length) };
    if (!request) {
      const begun = this.#begun?.answer && this.#begun;
      if (begun && code === BAD && !begun.bad) {
        begun.bad = answer;
        return;
      }
      if (begun && !begun.entry) this.#drop();
      this.#answers.push(answer);
      return;
    }
    request.answer = answer;
    if (request.entry) this.#settle(request, answer);
    else if (isOver(request)) this.#forget(request);
  }

  #settle(request: Request, { frame, code }: Answer): void {
    const reason = code === request.entry!.outcome ? 'response-sent' : 'response-differs';
    this.#emitMatch(request, reason, { response: [frame] });
    this.#forget(request);
  }

  #giveUp(request: Request, until: number): void {
    const entry = request.entry!;
    const { number: asked } = request.frame;
    const end = this.#ends.find(({ number }) => number >= asked);
    const latest = this.#isAfterHeld(request) ? Number.POSITIVE_INFINITY : timeOf(entry) + LATE;
    const closing = this.#closings.find(({ number, time }) => number >= asked && time <= latest);
    // The acknowledgment of a FIN counts one more byte.
    const isSent =
      ((this.#clientHas - request.ack) | 0) > 1 || (((this.#sent ?? request.ack) - request.ack) | 0) > 0;
    if (entry.outcome === 'timeout')
      this.#emitMatch(request, isSent ? 'response-differs' : 'nothing-sent', { end });
    else if (!isSent && closing) this.#emitMatch(request, 'connection-closed', { end: closing });
    else this.#emitMatch(request, isSent || until > latest ? 'response-missing' : 'pending');
  }

  /** Answers are sent in the order of requests: a held request holds up the later ones. */
  #isAfterHeld(request: Request): boolean {
    const before = this.#requests.slice(0, this.#requests.indexOf(request));
    return before.some(({ entry, answer }) => entry?.outcome === 'timeout' && !answer);
  }

  #emitMatch(request: Request, reason: Reason, rest?: MatchFrames): void {
    this.#emit(matchOf(request.entry!, reason, { request: [request.frame], ...rest }));
  }

  #forget(request: Request): void {
    const at = this.#requests.indexOf(request);
    if (at >= 0) this.#requests.splice(at, 1);
  }

  #emitUnjournaled(from: Unjournaled['from'], frame: FrameRef, what: string): void {
    const about = { server: 'http', transport: 'tcp', client: this.#client, from } as const;
    this.#emit({ kind: 'unjournaled', ...about, frames: [frame], what });
  }
}
