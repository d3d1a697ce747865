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
import type { Verdict } from './verdicts.ts';

/** Requests that wait for their entries or their answers, at most. */
const MOST_OPEN = 256;

/**
 * A TCP connection to the HTTP server, as Wireshark's HTTP dissector tells its requests and answers. An entry says which
 * request of its connection it is, and where its answer begins.
 */
export class HttpConnection {
  readonly #client: string;
  readonly #emit: Emit;
  readonly #requests: Request[] = [];
  /** The request that is not told yet, which is the last here. Once settled it may still go on. */
  #begun: Request | undefined;
  /** Where the latest of the client's segments with data began. */
  #latest: number | undefined;
  /** How many requests were told. */
  #count = 0;
  /** How many more the server has had: the capture lacks them. Undefined where it begins in the middle, at first. */
  #lacking: number | undefined;
  /** The sequence number of the server's first byte. */
  #base: number | undefined;
  /** Entries whose request is not here, and answers without a request. */
  readonly #lost: HttpEntry[] = [];
  readonly #answers: Answer[] = [];
  readonly #fins = new Set<boolean>();
  /** The client has all of the server's bytes before this sequence number. */
  #clientHas = 0;
  /** The latest segment with an answer, or an interim one: where it began, and where the answer may have. */
  #answered: { readonly seq: number; readonly from: number } | undefined;
  /** So much the server had sent when it ended the connection. */
  #sent: number | undefined;
  readonly #ends: FrameRef[] = [];
  /** Those of them after which nothing can leave. */
  readonly #closings: FrameRef[] = [];
  /** When it ended, in seconds since 1970. */
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
    // A client that has closed its side is answered still.
    if (flags & RST || !toServer) this.#closings.push(refOf(frame));
    if (!toServer) this.#sent = frame.seq;
    this.#fins.add(toServer);
    if (flags & RST || this.#fins.size === 2) this.closed ??= frame.time;
  }

  #begin({ toServer, seq }: Frame): void {
    this.#lacking ??= 0;
    if (!toServer) this.#base = (seq + 1) >>> 0;
  }

  /** Takes requests that are told with a segment, or that one begins with it. */
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
    // What was decided before its body was whole was asked with its head.
    if (!request.entry) request.frame = refOf(frame);
    if (((frame.ack - request.ack) | 0) > 0) request.ack = frame.ack;
  }

  /** What began is none that is told: an unknown method, no HTTP at all, or the rest of one of before the capture. */
  #drop(): void {
    const begun = this.#begun;
    this.#begun = undefined;
    if (!begun || isSettled(begun)) return;
    this.#forget(begun);
    if (begun.entry) this.#lost.push(begun.entry);
    if (begun.answer) this.#answers.push(begun.answer);
    if (begun.bad) this.#answers.push(begun.bad);
  }

  /** Whether it has requests that no entry speaks of so far, or entries whose request is not here. */
  get isUnmatched(): boolean {
    return this.#lost.length > 0 || this.#requests.some(isAwaited);
  }

  /** Requests that were answered and that no entry speaks of, when there are too many. */
  #release(): void {
    const [oldest] = this.#requests;
    if (this.#requests.length < MOST_OPEN || !oldest?.answer || oldest === this.#begun || oldest.entry)
      return;
    this.#requests.shift();
    if (isAwaited(oldest)) this.#leaveOut('client', oldest.frame, oldest.what);
  }

  /** What asked for more than a segment has answered is answered behind it, and other bytes of it are no answer. */
  #moveOn(next: number): void {
    if (this.#answered === undefined || ((next - this.#answered.seq) | 0) <= 0) return;
    const { from } = this.#answered;
    for (const request of this.#requests) {
      const isBetween = ((request.ack - from) | 0) >= 0 && ((next - request.ack) | 0) > 0;
      if (!request.answer && isBetween) request.ack = next;
    }
    this.#answered = undefined;
  }

  /** All frames before the decision have been taken. */
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

  /** Whether it has the request of an entry, as far as it can be told now. */
  has(entry: HttpEntry): boolean {
    return this.#requestOf(entry) !== undefined;
  }

  /** The request that an entry says it is of, by its number; or, where the capture lacks some, by where its answer begins. */
  #requestOf(entry: HttpEntry): Request | undefined {
    const open = this.#requests.filter(({ entry: other, what }) => !other && isAbout(entry, what));
    if (this.#lacking === undefined) return this.#firstRequestOf(entry, open);
    const at = this.#answerAt(entry);
    const numbered = open.find(({ number }) => number + this.#lacking! === entry.exchange);
    if (numbered && (at === undefined || !isBesides(numbered, at))) return numbered;
    return at === undefined ? undefined : open.find(({ ack }) => ack === at);
  }

  /** Where the capture begins in the middle, the latest request before the entry, of those sent ahead the first. */
  #firstRequestOf(entry: HttpEntry, open: readonly Request[]): Request | undefined {
    const latest = open.findLast(({ frame }) => frame.time < timeOf(entry) + MILLISECOND);
    const request = open.find(({ ack }) => ack === latest?.ack);
    if (request && entry.answer_at !== undefined) this.#base = (request.ack - entry.answer_at) >>> 0;
    return request;
  }

  /** The sequence number with which its answer begins. */
  #answerAt({ answer_at }: HttpEntry): number | undefined {
    if (this.#base === undefined || answer_at === undefined) return undefined;
    return (this.#base + answer_at) >>> 0;
  }

  /** Nothing more comes up to a time, in seconds since 1970: says what is left. */
  finish(until: number): void {
    // Where it has no answer, the capture may end before it does.
    if (this.#begun?.answer) this.#drop();
    for (const entry of this.#lost) {
      const at = this.#answerAt(entry);
      const index = this.#answers.findIndex(
        ({ from, to }) => at !== undefined && ((at - from) | 0) >= 0 && ((to - at) | 0) > 0,
      );
      const answer = index < 0 ? [] : this.#answers.splice(index, 1).map(({ frame }) => frame);
      this.#emit(matchOf(entry, 'lost', { answer }));
    }
    for (const { frame, code } of this.#answers) this.#leaveOut('server', frame, `answer ${code}`);
    for (const request of this.#requests) {
      if (request.entry) this.#giveUp(request, until);
      else if (isAwaited(request)) this.#leaveOut('client', request.frame, request.what);
    }
  }

  /**
   * An answer begins where the client had everything before it when it asked: that tells its request also when the
   * capture has not got an answer before. Of requests sent ahead, it is to the first without one.
   */
  #asked(seq: number): Request | undefined {
    const open = this.#requests.filter(({ ack, answer }) => !answer && ((seq - ack) | 0) >= 0);
    const latest = open.at(-1);
    return open.find(({ ack }) => ack === latest!.ack);
  }

  #answer(frame: Frame, code: string): void {
    const request = this.#asked(frame.seq);
    const { seq: from, payload } = frame;
    // Over TLS it is not told how much is inside; an answer is the only one of its frame then.
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
    const verdict = code === request.entry!.outcome ? 'answered' : 'different';
    this.#tell(request, verdict, { answer: [frame] });
    this.#forget(request);
  }

  #giveUp(request: Request, until: number): void {
    const entry = request.entry!;
    const { number: asked } = request.frame;
    const end = this.#ends.find(({ number }) => number >= asked);
    const latest = this.#isBehindHeld(request) ? Number.POSITIVE_INFINITY : timeOf(entry) + LATE;
    const closing = this.#closings.find(({ number, time }) => number >= asked && time <= latest);
    // A FIN is acknowledged as if it were a byte.
    const isSent =
      ((this.#clientHas - request.ack) | 0) > 1 || (((this.#sent ?? request.ack) - request.ack) | 0) > 0;
    if (entry.outcome === 'timeout') this.#tell(request, isSent ? 'different' : 'silent', { end });
    else if (!isSent && closing) this.#tell(request, 'gone', { end: closing });
    else this.#tell(request, isSent || until > latest ? 'unanswered' : 'open');
  }

  /** Answers leave in the order of requests: none while an earlier one is held. */
  #isBehindHeld(request: Request): boolean {
    const before = this.#requests.slice(0, this.#requests.indexOf(request));
    return before.some(({ entry, answer }) => entry?.outcome === 'timeout' && !answer);
  }

  #tell(request: Request, verdict: Verdict, rest?: MatchFrames): void {
    this.#emit(matchOf(request.entry!, verdict, { request: [request.frame], ...rest }));
  }

  #forget(request: Request): void {
    const at = this.#requests.indexOf(request);
    if (at >= 0) this.#requests.splice(at, 1);
  }

  #leaveOut(from: Unjournaled['from'], frame: FrameRef, what: string): void {
    const about = { server: 'http', transport: 'tcp', client: this.#client, from } as const;
    this.#emit({ kind: 'unjournaled', ...about, frames: [frame], what });
  }
}
