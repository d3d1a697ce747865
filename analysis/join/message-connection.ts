import { ByteStream, type Part } from '#analysis/capture/byte-stream.ts';
import { ACK, FIN, type Frame, type FrameRef, RST, refOf, SYN } from '#analysis/capture/frames.ts';
import { isHttp, timeOf } from '#lib/journal/entries.ts';
import type { Decision, MessageEntry } from '#lib/journal/schema.ts';
import { AnswerMatcher } from './answer-matcher.ts';
import { expectedAnswer, messageOf } from './expected.ts';
import { MessageCutter } from './message-cutter.ts';
import type { Found, Loose } from './tie.ts';
import { UnexplainedFound } from './unexplained-found.ts';

/** How long a hole in the capture may stay unacknowledged, in seconds. */
const PATIENCE = 1;

/**
 * A TCP connection to the echo server. Its journal says how long each message is, so the entries cut the stream of
 * the client, and what they decided says what the stream of the server must be.
 */
export class MessageConnection {
  readonly #client: string;
  readonly #found: UnexplainedFound;
  readonly #requests = new ByteStream();
  readonly #answers = new ByteStream();
  readonly #cutter = new MessageCutter(this.#requests);
  readonly #matcher: AnswerMatcher;
  readonly #fins = new Set<boolean>();
  /** The last entry, while its message has not been found. */
  #unlocated: MessageEntry | undefined;
  /** Entries whose message was not there at their time. */
  readonly #missed: MessageEntry[] = [];
  /** When it ended, in seconds since 1970. */
  closed: number | undefined;

  constructor(client: string, found: Found) {
    this.#client = client;
    this.#found = new UnexplainedFound(found);
    this.#matcher = new AnswerMatcher({
      answers: this.#answers,
      ending: () => this.#cutter.ending,
      tie: (tie) => this.#found.tie(tie),
      loose: (part) => this.#loose('server', part),
    });
  }

  take(frame: Frame): void {
    const { toServer, seq, ack, flags, payload } = frame;
    const [own, other] = toServer ? [this.#requests, this.#answers] : [this.#answers, this.#requests];
    if (flags & SYN) own.begin(seq + 1);
    else if (payload.length > 0) own.add(frame);
    if (flags & ACK) other.acknowledge(ack);
    if (flags & (FIN | RST)) this.#end(frame, own);
    const overflow = this.#cutter.overflow();
    if (overflow) this.#loose('client', overflow);
    if (this.#unlocated && frame.time > timeOf(this.#unlocated) + PATIENCE) this.#miss(this.#unlocated);
    this.#locate();
    this.#matcher.match();
  }

  /** All frames before the decision have been taken. */
  decide(entry: MessageEntry): void {
    this.#locate();
    if (this.#unlocated) this.#miss(this.#unlocated);
    this.#unlocated = entry;
    this.#locate();
  }

  /** Whether it has octets of the client, or entries, that have not found each other so far. */
  get isUnmatched(): boolean {
    return this.#missed.length > 0 || this.#unlocated !== undefined || this.#cutter.rest().bytes.length > 0;
  }

  /** Takes an entry that is of it, and of no time. */
  miss(entry: Decision): void {
    if (!isHttp(entry)) this.#missed.push(entry);
  }

  /** Nothing more comes up to a time, in seconds since 1970: says what is left. */
  finish(until: number): void {
    this.#locate();
    if (this.#unlocated) this.#miss(this.#unlocated);
    for (const entry of this.#missed) if (!this.#take(entry)) this.#lose(entry);
    const rest = this.#cutter.rest();
    if (rest.bytes.length > 0) this.#loose('client', rest);
    this.#matcher.finish(until);
  }

  /** Looks for the message of an entry. Only a later acknowledgment may tell that the capture has a hole there. */
  #locate(): void {
    while (this.#missed[0] && this.#take(this.#missed[0], true)) this.#missed.shift();
    if (this.#unlocated && this.#take(this.#unlocated)) this.#unlocated = undefined;
  }

  /** False when the message of an entry is not there. */
  #take(entry: MessageEntry, isNext = false): boolean {
    const message = this.#cutter.cut(entry, isNext);
    if (!message) return false;
    const { text, endings, before, skipped } = message;
    if (skipped) this.#loose('client', skipped);
    const expected = endings
      .map((octets) => expectedAnswer(entry, messageOf(entry, text, octets)))
      .filter((one) => one !== undefined);
    if (expected.length > 0) this.#matcher.expect(entry, text, before, expected);
    else this.#leaveUnexplained(entry, text.frames);
    this.#matcher.match();
    return true;
  }

  /** What leaves for it can be anything, and what leaves after it be of it. */
  #leaveUnexplained(entry: MessageEntry, request: readonly FrameRef[]): void {
    this.#found.isUnexplained = true;
    this.#matcher.expectAnything();
    this.#found.tie({
      entry,
      verdict: 'unexplained',
      request,
      answer: [],
      shows: request.at(-1)?.number,
    });
  }

  #miss(entry: MessageEntry): void {
    this.#unlocated = undefined;
    this.#missed.push(entry);
  }

  #lose(entry: MessageEntry): void {
    this.#found.tie({ entry, verdict: 'lost', request: [], answer: [], shows: undefined });
  }

  #end(frame: Frame, own: ByteStream): void {
    const { flags, toServer } = frame;
    // A client that has closed its side is answered still.
    if (flags & RST || !toServer) {
      this.#matcher.ended(refOf(frame), { resetByServer: (flags & RST) !== 0 && !toServer });
    }
    if (flags & FIN) {
      own.finish(frame.seq + frame.payload.length);
      this.#fins.add(toServer);
    }
    if (flags & RST || this.#fins.size === 2) this.closed ??= frame.time;
  }

  #loose(from: Loose['from'], { bytes, frames }: Part): void {
    if (frames.length === 0) return;
    const what = `${bytes.length} bytes`;
    this.#found.loose({ server: 'echo', transport: 'tcp', client: this.#client, from, frames, what });
  }
}
