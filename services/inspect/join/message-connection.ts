import { CR, LF } from '#common/message.ts';
import { type MessageEntry, timeOf } from '../entries.ts';
import { ACK, FIN, type Frame, RST, SYN } from '../frames.ts';
import { ByteStream, type Part } from './byte-stream.ts';
import {
  agree,
  type Expected,
  expectedAnswer,
  HELD,
  joinPatterns,
  type Pattern,
  textLengthOf,
} from './expected.ts';
import { type Found, type FrameRef, type Loose, refOf, type Verdict } from './tie.ts';

/** How far a clock of milliseconds and a timer can be apart, in seconds. */
const SLACK = 0.06;

/** An entry whose answer is looked for. */
interface Waiting {
  readonly entry: MessageEntry;
  readonly request: Part;
  readonly expected: Expected;
  /** What leaves: with the line ending of the message or, when that came too late to be part of it, without. */
  readonly forms: readonly Pattern[];
  /** Before this time, in seconds since 1970, it does not leave. */
  readonly due: number;
}

/** How it turned out with an entry. */
interface Settlement {
  readonly verdict: Verdict;
  readonly answer?: readonly FrameRef[];
  /** The frame of the answer in which a person sees the fault. */
  readonly shown?: FrameRef;
  /** The frame that ended the connection before. */
  readonly end?: FrameRef;
}

/**
 * A TCP connection to the echo server. Its journal says how long each message is, so the entries cut the stream of
 * the client, and what they decided says what the stream of the server must be.
 */
export class MessageConnection {
  readonly #client: string;
  readonly #found: Found;
  readonly #requests = new ByteStream();
  readonly #answers = new ByteStream();
  /** Where the text of the last message ends; a line ending may follow. */
  #cut = 0;
  #anyCut = false;
  #answered = 0;
  #queue: Waiting[] = [];
  #held: Waiting[] = [];
  #ends: FrameRef[] = [];
  #fins = new Set<boolean>();
  #reset: FrameRef | undefined;
  /** The line ending that may still be echoed by itself. */
  #owed: Buffer | undefined;
  /** When it ended, in seconds since 1970. */
  closed: number | undefined;

  constructor(client: string, found: Found) {
    this.#client = client;
    this.#found = found;
  }

  take(frame: Frame): void {
    const { toServer, seq, ack, flags, payload } = frame;
    const [own, other] = toServer ? [this.#requests, this.#answers] : [this.#answers, this.#requests];
    if (flags & SYN) own.begin(seq + 1);
    else if (payload.length > 0) own.add(frame);
    if (flags & ACK) other.acknowledge(ack);
    if (flags & (FIN | RST)) this.#end(frame, own);
    this.#match();
  }

  /** All frames before the decision have been taken. */
  decide(entry: MessageEntry): void {
    const textLength = textLengthOf(entry);
    const start = this.#locate(entry, textLength);
    if (start === undefined) {
      this.#found.tie({ entry, verdict: 'lost', request: [], answer: [], shows: undefined });
      return;
    }
    if (start > this.#cut) this.#looseRequest(this.#cut, start);
    const request = this.#requests.part(start, textLength);
    this.#cut = start + textLength;
    this.#anyCut = true;
    const ending = this.#requests.part(this.#cut, this.#endingAt(this.#cut)).bytes;
    const whole = joinPatterns([request, { bytes: ending }]);
    const expected = expectedAnswer(entry, whole);
    this.#owed = ending;
    if (expected) this.#expect(entry, request, expected, expectedAnswer(entry, request)!);
    else
      this.#found.tie({ entry, verdict: 'different', request: request.frames, answer: [], shows: undefined });
    this.#match();
    this.#requests.drop(this.#cut);
  }

  /** Nothing more comes up to a time, in seconds since 1970: says what is left. */
  finish(until: number): void {
    this.#match();
    for (const waiting of [...this.#queue, ...this.#held]) this.#giveUp(waiting, until);
    this.#queue = [];
    this.#held = [];
    const rest = this.#cut + (this.#anyCut ? this.#endingAt(this.#cut) : 0);
    if (this.#requests.end > rest) this.#looseRequest(rest, this.#requests.end);
    const left = this.#answers.part(this.#answered, this.#answers.end - this.#answered);
    if (left.bytes.length > 0 && !this.#isOwed(left.bytes)) this.#loose('server', left);
  }

  #end(frame: Frame, own: ByteStream): void {
    const ref = refOf(frame);
    this.#ends.push(ref);
    if (frame.flags & FIN) {
      own.finish(frame.seq + frame.payload.length);
      this.#fins.add(frame.toServer);
    }
    if (frame.flags & RST && !frame.toServer) this.#reset ??= ref;
    if (frame.flags & RST || this.#fins.size === 2) this.closed ??= frame.time;
  }

  /** Where the message of an entry begins; undefined when it is not there. */
  #locate(entry: MessageEntry, textLength: number): number | undefined {
    const starts = this.#anyCut ? this.#endingLengths(this.#cut).map((length) => this.#cut + length) : [0];
    const start = starts.find((position) => this.#fits(entry, position, textLength));
    if (start !== undefined || entry.tag === undefined) return start;
    const rest = this.#requests.part(this.#cut, this.#requests.end - this.#cut);
    const tag = rest.bytes.indexOf(`|${entry.tag}`, entry.length, 'latin1');
    return tag < 0 ? undefined : this.#cut + tag - entry.length;
  }

  #fits({ length, tag }: MessageEntry, start: number, textLength: number): boolean {
    const stop = start + textLength;
    if (stop > this.#requests.end) return false;
    if (tag !== undefined) {
      return agree(this.#requests.part(start + length, textLength - length), {
        bytes: Buffer.from(`|${tag}`),
      });
    }
    const next = this.#requests.at(stop);
    const ends = next === undefined || next === LF || next === CR || stop === this.#requests.end;
    return ends && !this.#requests.part(start, length).bytes.includes(LF);
  }

  #endingAt(position: number): number {
    const octet = this.#requests.at(position);
    if (octet === LF) return 1;
    return octet === CR && this.#requests.at(position + 1) === LF ? 2 : 0;
  }

  /** How long the line ending at a position can be: the capture may have a hole there. */
  #endingLengths(position: number): readonly number[] {
    const isHole = position < this.#requests.end && this.#requests.at(position) === undefined;
    return isHole ? [1, 0, 2] : [this.#endingAt(position)];
  }

  #expect(entry: MessageEntry, request: Part, expected: Expected, late: Expected): void {
    const time = timeOf(entry);
    const forms = [joinPatterns(expected.pieces), joinPatterns(late.pieces)];
    const waiting: Waiting = { entry, request, expected, forms, due: time + expected.delay };
    if (expected.held) this.#held.push(waiting);
    else if (expected.reset || forms[0]!.bytes.length > 0) this.#queue.push(waiting);
    else this.#settle(waiting, { verdict: 'silent' });
  }

  #match(): void {
    while (this.#matchNext());
  }

  /** Takes one answer out of the server's stream. False when none is there, or not all of it yet. */
  #matchNext(): boolean {
    const [head] = this.#queue;
    if (head?.expected.reset && this.#reset) {
      this.#queue.shift();
      this.#settle(head, { verdict: 'answered', answer: [this.#reset], shown: this.#reset });
      return true;
    }
    if (this.#answered >= this.#answers.end) return false;
    const time = this.#answers.frameAt(this.#answered)?.time ?? Number.POSITIVE_INFINITY;
    const isDue = head && !head.expected.reset && time >= head.due - SLACK;
    const fit = isDue ? this.#fit(head) : 'no';
    if (fit === 'more') return false;
    if (fit !== 'no') {
      this.#queue.shift();
      this.#takeAnswer(head!, fit);
      return true;
    }
    for (const [index, held] of this.#held.entries()) {
      const heldFit = this.#fit(held);
      if (heldFit === 'more') return false;
      if (heldFit === 'no') continue;
      this.#held.splice(index, 1);
      this.#takeAnswer(held, heldFit);
      return true;
    }
    if (this.#takeOwed()) return true;
    if (!isDue) return false;
    // What left is something else: as much of it is skipped, so that the next answers are found again.
    this.#queue.shift();
    const length = Math.min(head.forms[0]!.bytes.length, this.#answers.end - this.#answered);
    this.#advance(head, 'different', this.#answers.part(this.#answered, length));
    return true;
  }

  #fit({ forms }: Waiting): Pattern | 'more' | 'no' {
    let more = false;
    for (const form of forms) {
      const length = Math.min(form.bytes.length, this.#answers.end - this.#answered);
      const part = this.#answers.part(this.#answered, length);
      const beginning = { bytes: form.bytes.subarray(0, length), known: form.known?.subarray(0, length) };
      if (!agree(part, beginning)) continue;
      if (length === form.bytes.length) return form;
      more = true;
    }
    return more ? 'more' : 'no';
  }

  #takeAnswer(waiting: Waiting, form: Pattern): void {
    const answer = this.#answers.part(this.#answered, form.bytes.length);
    this.#advance(waiting, answer.known ? 'unanswered' : 'answered', answer);
  }

  #advance(waiting: Waiting, verdict: Verdict, { bytes, frames }: Part): void {
    const { fault, offset = 0 } = waiting.entry;
    const shown = fault === 'corruption' ? this.#answers.frameAt(this.#answered + offset) : undefined;
    this.#answered += bytes.length;
    this.#answers.drop(this.#answered);
    this.#settle(waiting, {
      verdict,
      answer: frames,
      shown: shown ?? frames.at(fault === 'duplicate' ? -1 : 0),
    });
  }

  /** A line ending that came too late to be part of its message is echoed by itself. */
  #takeOwed(): boolean {
    const { length = 0 } = this.#owed ?? {};
    if (length === 0 || this.#answers.end - this.#answered < length) return false;
    if (!this.#isOwed(this.#answers.part(this.#answered, length).bytes)) return false;
    this.#owed = undefined;
    this.#answered += length;
    this.#answers.drop(this.#answered);
    return true;
  }

  #isOwed(bytes: Buffer): boolean {
    return this.#owed?.equals(bytes) ?? false;
  }

  #giveUp(waiting: Waiting, until: number): void {
    const latest = waiting.due + SLACK + (waiting.expected.held ? HELD : 0);
    const end = this.#ends.find(({ time }) => time <= latest);
    if (end) this.#settle(waiting, { verdict: 'gone', end });
    else this.#settle(waiting, { verdict: until > latest ? 'unanswered' : 'open' });
  }

  #settle({ entry, request }: Waiting, { verdict, answer = [], shown, end }: Settlement): void {
    const asked = request.frames.at(-1);
    const [first] = answer;
    this.#found.tie({
      entry,
      verdict: request.known ? 'lost' : verdict,
      request: request.frames,
      answer,
      end,
      shows: (shown ?? asked)?.number,
      took: first && asked ? first.time - asked.time : undefined,
    });
  }

  #looseRequest(from: number, to: number): void {
    this.#loose('client', this.#requests.part(from, to - from));
  }

  #loose(from: Loose['from'], { bytes, frames }: Part): void {
    const what = `${bytes.length} bytes`;
    this.#found.loose({ server: 'echo', transport: 'tcp', client: this.#client, from, frames, what });
  }
}
