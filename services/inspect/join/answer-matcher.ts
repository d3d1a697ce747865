import { type MessageEntry, timeOf } from '../entries.ts';
import type { ByteStream, Part } from './byte-stream.ts';
import { agree, type Expected, HELD, joinPatterns, type Pattern } from './expected.ts';
import type { Found, FrameRef } from './tie.ts';
import { LATE, SLACK } from './times.ts';
import type { Verdict } from './verdicts.ts';

/** Octets that leave before their entry is read, at most. */
const MOST_UNCLAIMED = 2 ** 20;
/** Between the octets of a drip on a busy machine, in seconds. */
const DROP_AT_LATEST = 0.03;
/** So many line endings can be under way by themselves. */
const MOST_OWED = 4;

/** An entry whose answer is looked for. */
interface Waiting {
  readonly entry: MessageEntry;
  readonly request: Part;
  readonly expected: Expected;
  /** What leaves: with the line ending of the message or, when that came too late to be part of it, without. */
  readonly forms: readonly Pattern[];
  /** Before this time, in seconds since 1970, it does not leave. */
  readonly due: number;
  /** Of a drip: the drops that have not left yet, and the frames of those that have. Others leave between them. */
  readonly drops: Pattern[];
  readonly dropped: FrameRef[];
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

export interface AnswerParts {
  readonly answers: ByteStream;
  readonly tie: Found['tie'];
  /** The line ending of the last message, as far as it has come. */
  readonly ending: () => Buffer;
  /** Is told what left and is of no entry. */
  readonly loose: (part: Part) => void;
}

/** Finds in the stream of the server what was decided for each message. */
export class AnswerMatcher {
  readonly #parts: AnswerParts;
  readonly #answers: ByteStream;
  /** Up to here the stream is of entries. */
  #answered = 0;
  #queue: Waiting[] = [];
  #held: Waiting[] = [];
  readonly #ends: FrameRef[] = [];
  #reset: FrameRef | undefined;
  /** Line endings of messages before the last that may still be echoed by themselves. */
  #owed: { readonly ending: Buffer; readonly entry: MessageEntry }[] = [];
  #latest: MessageEntry | undefined;
  /** Whether that of the last message may. */
  #owing = false;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
    this.#answers = parts.answers;
  }

  /** An RST of either side or the server's FIN: nothing can leave behind it. */
  ended(frame: FrameRef, { resetByServer }: { readonly resetByServer: boolean }): void {
    this.#ends.push(frame);
    if (resetByServer) this.#reset ??= frame;
  }

  /**
   * Looks for the answer to a message.
   *
   * @param before the line ending of the message before
   * @param all what is expected, for each line ending that it may have been decided with, the longest first
   */
  expect(entry: MessageEntry, request: Part, before: Buffer, all: readonly Expected[]): void {
    const expected = all[0]!;
    const forms = all.map(({ pieces }) => joinPatterns(pieces)).filter(({ bytes }) => bytes.length > 0);
    const drops = entry.fault === 'drip' ? [...expected.pieces] : [];
    const due = timeOf(entry) + expected.delay;
    const waiting: Waiting = { entry, request, expected, forms, due, drops, dropped: [] };
    if (this.#owing && before.length > 0) {
      this.#owed = [...this.#owed, { ending: before, entry: this.#latest! }].slice(-MOST_OWED);
    }
    this.#latest = entry;
    this.#owing = all.length > 1 || this.#parts.ending().length === 0;
    if (expected.held) this.#held.push(waiting);
    else if (expected.reset || forms.length > 0) this.#queue.push(waiting);
    else this.#settle(waiting, { verdict: 'silent' });
  }

  /** Takes what has left. */
  match(): void {
    while (this.#matchNext());
    const unclaimed = this.#answers.end - this.#answered;
    if (this.#queue[0] || this.#held[0] || unclaimed < MOST_UNCLAIMED) return;
    // An answer leaves behind its entry: nothing will claim this.
    this.#parts.loose(this.#answers.part(this.#answered, unclaimed));
    this.#answered += unclaimed;
    this.#answers.drop(this.#answered);
  }

  /** Nothing more leaves up to a time, in seconds since 1970: says what is left. */
  finish(until: number): void {
    this.match();
    // What left is something else: as much of it is skipped, so that the next answers are found again.
    for (let head = this.#queue[0]; head && this.#isDue(head) && this.#isLeft; head = this.#queue[0]) {
      const length = Math.min(head.forms[0]!.bytes.length, this.#answers.end - this.#answered);
      this.#finishAnswer(head, 'different', this.#answers.part(this.#answered, length));
      this.match();
    }
    for (const waiting of [...this.#queue, ...this.#held]) this.#giveUp(waiting, until);
    const left = this.#answers.part(this.#answered, this.#answers.end - this.#answered);
    if (left.bytes.length > 0) this.#parts.loose(left);
  }

  /** Whether nothing is looked for. */
  get #isIdle(): boolean {
    return !this.#queue[0] && !this.#held[0] && !this.#owed[0] && !this.#owing;
  }

  /** Whether octets of the server are left that are of no entry yet. */
  get #isLeft(): boolean {
    return this.#answered < this.#answers.end;
  }

  /** Takes one answer out of the server's stream. False when none is there, or not all of it yet. */
  #matchNext(): boolean {
    const [head] = this.#queue;
    if (head?.expected.reset && this.#reset) {
      this.#queue.shift();
      this.#settle(head, { verdict: 'answered', answer: [this.#reset], shown: this.#reset });
      return true;
    }
    if (!this.#isLeft || this.#isIdle) return false;
    for (const waiting of this.#candidates()) {
      const fit = this.#fit(waiting);
      if (fit === 'more') return false;
      if (fit === 'no') continue;
      this.#takeAnswer(waiting, fit);
      return true;
    }
    if (this.#takeOwed()) return true;
    return head !== undefined && !head.expected.reset && this.#skipTo(head);
  }

  /** Looks for an answer behind octets that are of no entry. False when it is not there, or not yet. */
  #skipTo(waiting: Waiting): boolean {
    const { forms, due } = waiting;
    const rest = this.#answers.part(this.#answered, this.#answers.end - this.#answered);
    const found = forms.map(({ bytes }) => rest.bytes.indexOf(bytes)).filter((at) => at > 0);
    const length = Math.min(...found);
    const frame = found.length > 0 ? this.#answers.frameAt(this.#answered + length) : undefined;
    if (rest.known || !frame || frame.time < due - SLACK) return false;
    if (length === forms[0]!.bytes.length && this.#isDue(waiting)) {
      this.#finishAnswer(waiting, 'different', this.#answers.part(this.#answered, length));
      return true;
    }
    this.#parts.loose(this.#answers.part(this.#answered, length));
    this.#answered += length;
    return true;
  }

  /** Those whose answer can be next, the likeliest first. */
  #candidates(): Waiting[] {
    const [head] = this.#queue;
    // Of two that are held back the later leaves first.
    const held = this.#held.toReversed();
    if (!head || !this.#isDue(head)) return held;
    // A whole answer tells more than an octet.
    return head.drops.length > 0 ? [...held, head] : [head, ...held];
  }

  #isDue({ expected, due }: Waiting): boolean {
    const time = this.#answers.frameAt(this.#answered)?.time ?? Number.POSITIVE_INFINITY;
    return !expected.reset && time >= due - SLACK;
  }

  #fit({ forms, drops }: Waiting): Pattern | 'more' | 'no' {
    let more = false;
    for (const form of drops.length > 0 ? drops.slice(0, 1) : forms) {
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
    const left = waiting.drops.length === 1 ? waiting.forms[0]! : form;
    if (left.bytes.length > waiting.forms.at(-1)!.bytes.length) this.#disown(waiting.entry);
    waiting.drops.shift();
    if (waiting.drops.length === 0) {
      this.#finishAnswer(waiting, answer.known ? 'unanswered' : 'answered', answer);
      return;
    }
    waiting.dropped.push(...answer.frames);
    this.#answered += answer.bytes.length;
    this.#answers.drop(this.#answered);
  }

  #finishAnswer(waiting: Waiting, verdict: Verdict, { bytes, frames }: Part): void {
    const { fault, offset = 0 } = waiting.entry;
    const shown = fault === 'corruption' ? this.#answers.frameAt(this.#answered + offset) : undefined;
    const answer = [
      ...new Map([...waiting.dropped, ...frames].map((frame) => [frame.number, frame])).values(),
    ];
    this.#answered += bytes.length;
    this.#answers.drop(this.#answered);
    this.#queue = this.#queue.filter((other) => other !== waiting);
    this.#held = this.#held.filter((other) => other !== waiting);
    this.#settle(waiting, { verdict, answer, shown: shown ?? answer.at(fault === 'duplicate' ? -1 : 0) });
  }

  /** A line ending that came too late to be part of its message is echoed by itself. */
  #takeOwed(): boolean {
    const rest = this.#answers.part(this.#answered, Math.min(2, this.#answers.end - this.#answered)).bytes;
    const begins = (ending: Buffer) => ending.length > 0 && rest.indexOf(ending) === 0;
    const own = this.#owing ? [{ ending: this.#parts.ending(), entry: this.#latest! }] : [];
    const owed = [...this.#owed, ...own].find(({ ending }) => begins(ending));
    if (!owed) return false;
    this.#disown(owed.entry);
    this.#answered += owed.ending.length;
    this.#answers.drop(this.#answered);
    return true;
  }

  /** The line ending of a message is not echoed by itself any more. */
  #disown(entry: MessageEntry): void {
    if (entry === this.#latest) this.#owing = false;
    this.#owed = this.#owed.filter((other) => other.entry !== entry);
  }

  #giveUp(waiting: Waiting, until: number): void {
    const latest =
      waiting.due +
      (waiting.expected.held ? HELD : 0) +
      (waiting.dropped.length + waiting.drops.length) * DROP_AT_LATEST;
    const end = this.#ends.findLast(({ time }) => time <= latest + SLACK);
    const answer = waiting.dropped;
    if (end) this.#settle(waiting, { verdict: 'gone', answer, end });
    else this.#settle(waiting, { verdict: until > latest + LATE ? 'unanswered' : 'open', answer });
  }

  #settle({ entry, request }: Waiting, { verdict, answer = [], shown, end }: Settlement): void {
    const asked = request.frames.at(-1);
    const [first] = answer;
    this.#parts.tie({
      entry,
      verdict: request.known ? 'lost' : verdict,
      request: request.frames,
      answer,
      end,
      shows: (shown ?? asked)?.number,
      took: first && asked ? first.time - asked.time : undefined,
    });
  }
}
