import { ACK, FIN, type Frame, type FrameRef, RST, refOf } from '#analysis/capture/frames.ts';
import { isHttp, timeOf } from '#lib/journal/entries.ts';
import type { Decision, HttpEntry } from '#lib/journal/schema.ts';
import { journaledPathOf, pathOf } from '#lib/text/request-path.ts';
import type { Found, Loose, Tie } from './tie.ts';
import { MILLISECOND } from './times.ts';
import type { Verdict } from './verdicts.ts';

/** How long after its decision an answer leaves at the latest, in seconds. */
const PROMPT = 1;
/** Requests that wait for their entries or their answers, at most. */
const MOST_OPEN = 256;

/** The status of a request that was refused. Such an entry may be of any page, and names it. */
const REFUSED = '401';
/** The status of what ends before it is a whole request. */
const BAD = '400';
/** Interim answers; the final one is still to come. 101 is the last that HTTP says (RFC 9110, 15.2). */
const INTERIM = /^1(?!01)/;

interface Answer {
  readonly frame: FrameRef;
  readonly code: string;
}

interface Request {
  frame: FrameRef;
  /** Empty while it is not told yet: it is with its last octet, that of its body, and may be answered before. */
  what: string;
  /** Its answer begins here or behind: the client had all of the server's octets before this one when it asked. */
  ack: number;
  entry?: HttpEntry;
  answer?: Answer;
  /** Where it ends before it is whole, 400 follows what it was answered with. */
  bad?: Answer;
}

/** A TCP connection to the HTTP server, as Wireshark's HTTP dissector tells its requests and answers. */
export class HttpConnection {
  readonly #client: string;
  readonly #found: Found;
  readonly #requests: Request[] = [];
  /** The request that is not told yet, which is the last here. Once settled it may still go on. */
  #begun: Request | undefined;
  /** Where the latest of the client's segments with data began. */
  #latest: number | undefined;
  /** Entries whose request is not here, and answers without a request. */
  readonly #lost: HttpEntry[] = [];
  readonly #answers: Answer[] = [];
  readonly #fins = new Set<boolean>();
  /** The client has all of the server's octets before this sequence number. */
  #clientHas = 0;
  /** The latest segment with an answer, or an interim one: where it began, and where the answer may have. */
  #answered: { readonly seq: number; readonly from: number } | undefined;
  readonly #ends: FrameRef[] = [];
  /** Those of them after which nothing can leave. */
  readonly #closings: FrameRef[] = [];
  /** When it ended, in seconds since 1970. */
  closed: number | undefined;

  constructor(client: string, found: Found) {
    this.#client = client;
    this.#found = found;
  }

  take(frame: Frame): void {
    const { codes, flags, toServer } = frame;
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
    this.#fins.add(toServer);
    if (flags & RST || this.#fins.size === 2) this.closed ??= frame.time;
  }

  /** Takes requests that are told with a segment, or that one begins with it. */
  #ask(frame: Frame): void {
    const { requests, begin, seq, ack, payload, hasData = payload.length > 0 } = frame;
    const isNew = this.#latest === undefined || ((seq - this.#latest) | 0) > 0;
    if (hasData && isNew) this.#latest = seq;
    if (requests.length === 0) {
      if (!hasData || !isNew || this.#begun) return;
      this.#begun = { frame: refOf(frame), what: '', ack };
      this.#requests.push(this.#begun);
      return;
    }
    const begun = this.#begun?.frame.number === begin ? this.#begun : undefined;
    if (begun) this.#complete(begun, requests[0]!, frame);
    else this.#drop();
    this.#begun = undefined;
    for (const what of begun ? requests.slice(1) : requests)
      this.#requests.push({ frame: refOf(frame), what, ack });
  }

  #complete(request: Request, what: string, frame: Frame): void {
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
    return this.#lost.length > 0 || this.#requests.some(({ entry, what }) => !entry && isJournaled(what));
  }

  /** Requests that were answered and that no entry speaks of, when there are too many. */
  #release(): void {
    const [oldest] = this.#requests;
    if (this.#requests.length < MOST_OPEN || !oldest?.answer || oldest === this.#begun || oldest.entry)
      return;
    this.#requests.shift();
    if (isJournaled(oldest.what)) this.#loose('client', oldest.frame, oldest.what);
  }

  /** What asked for more than a segment has answered is answered behind it, and other octets of it are no answer. */
  #moveOn(next: number): void {
    if (this.#answered === undefined || ((next - this.#answered.seq) | 0) <= 0) return;
    const { from } = this.#answered;
    for (const request of this.#requests) {
      const isBetween = ((request.ack - from) | 0) >= 0 && ((next - request.ack) | 0) > 0;
      if (!request.answer && isBetween) request.ack = next;
    }
    this.#answered = undefined;
  }

  /** All frames before the decision have been taken. False when it is of no request here. */
  decide(entry: HttpEntry): boolean {
    const time = timeOf(entry);
    const request = this.#requests.find(
      ({ what, frame, entry: other, answer }) =>
        !other &&
        isAbout(entry, what) &&
        frame.time < time + MILLISECOND &&
        !(answer && answer.frame.time < time - MILLISECOND),
    );
    if (!request) return false;
    request.entry = entry;
    if (request.answer) this.#settle(request, request.answer);
    return true;
  }

  /** Takes an entry whose request is not in the capture. */
  miss(entry: Decision): void {
    if (isHttp(entry)) this.#lost.push(entry);
  }

  /** Nothing more comes up to a time, in seconds since 1970: says what is left. */
  finish(until: number): void {
    // Where it has no answer, the capture may end before it does.
    if (this.#begun?.answer) this.#drop();
    for (const entry of this.#lost) {
      if (this.#takeInOrder(entry)) continue;
      const at = this.#answers.findIndex(
        ({ frame, code }) => code === entry.outcome && frame.time >= timeOf(entry) - MILLISECOND,
      );
      const answer = at < 0 ? [] : this.#answers.splice(at, 1).map(({ frame }) => frame);
      this.#found.tie({ entry, verdict: 'lost', request: [], answer, shows: answer[0]?.number });
    }
    for (const { frame, code } of this.#answers) this.#loose('server', frame, `answer ${code}`);
    for (const request of this.#requests) {
      if (request.entry) this.#giveUp(request, until);
      else if (isJournaled(request.what)) this.#loose('client', request.frame, request.what);
    }
  }

  /** Where no time matches an entry with its request, order and outcome do. */
  #takeInOrder(entry: HttpEntry): boolean {
    const request = this.#requests.find(
      ({ what, entry: other, answer }) =>
        !other && what !== '' && isAbout(entry, what) && (!answer || answer.code === entry.outcome),
    );
    if (!request) return false;
    request.entry = entry;
    if (request.answer) this.#settle(request, request.answer);
    return true;
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
    const answer = { frame: refOf(frame), code };
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
    this.#tie(request, verdict, {
      answer: [frame],
      shows: frame.number,
      took: frame.time - request.frame.time,
    });
    this.#forget(request);
  }

  #giveUp(request: Request, until: number): void {
    const entry = request.entry!;
    const { number: shows } = request.frame;
    const end = this.#ends.find(({ number }) => number >= shows);
    const isBehindHeld = this.#isBehindHeld(request);
    const latest = isBehindHeld ? Number.POSITIVE_INFINITY : timeOf(entry) + PROMPT;
    const closing = this.#closings.find(({ number, time }) => number >= shows && time <= latest);
    // A FIN is acknowledged as if it were an octet.
    const gotMore = ((this.#clientHas - request.ack) | 0) > 1;
    if (entry.outcome === 'timeout') this.#tie(request, gotMore ? 'different' : 'silent', { shows, end });
    else if (!gotMore && closing) this.#tie(request, 'gone', { shows, end: closing });
    else {
      this.#tie(request, gotMore || until > latest ? 'unanswered' : 'open', { shows });
    }
  }

  /** Answers leave in the order of requests: none while an earlier one is held. */
  #isBehindHeld(request: Request): boolean {
    const before = this.#requests.slice(0, this.#requests.indexOf(request));
    return before.some(({ entry, answer }) => entry?.outcome === 'timeout' && !answer);
  }

  #tie(request: Request, verdict: Verdict, rest: Partial<Tie> & Pick<Tie, 'shows'>): void {
    this.#found.tie({ entry: request.entry!, verdict, request: [request.frame], answer: [], ...rest });
  }

  #forget(request: Request): void {
    const at = this.#requests.indexOf(request);
    if (at >= 0) this.#requests.splice(at, 1);
  }

  #loose(from: Loose['from'], frame: FrameRef, what: string): void {
    this.#found.loose({
      server: 'http',
      transport: 'tcp',
      client: this.#client,
      from,
      frames: [frame],
      what,
    });
  }
}

/** Whether the journal speaks of it. A query string is no other page, and a proxy's client names the server too. */
function isJournaled(what: string): boolean {
  if (!what.startsWith('GET ')) return false;
  const target = what.slice('GET '.length);
  // The server takes a path as it is.
  return target.startsWith('/') ? /^\/getbalance([?#]|$)/.test(target) : pathOf(target) === '/getbalance';
}

/** Whether its entry and its answer are told of. */
function isSettled({ entry, answer }: Request): boolean {
  return entry !== undefined && answer !== undefined;
}

/** Whether no entry is to come of a request that was answered. */
function isOver({ what, answer }: Request): boolean {
  return what !== '' && !isJournaled(what) && answer?.code !== REFUSED;
}

/** Whether a request, `GET /getbalance`, can be the one that an entry is of. */
function isAbout({ outcome, path }: HttpEntry, what: string): boolean {
  if (what === '') return true;
  if (outcome !== REFUSED || path === undefined) return isJournaled(what);
  return journaledPathOf(what.slice(what.indexOf(' ') + 1)) === path;
}
