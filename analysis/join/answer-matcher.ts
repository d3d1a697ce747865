import type { ByteStream, Part } from '#analysis/capture/byte-stream.ts';
import type { FrameRef } from '#analysis/capture/frames.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { type Expected, latestOf, type Piece } from './expected.ts';
import { agree, firstDifference, joinPatterns, type Pattern } from './pattern.ts';
import type { Found } from './tie.ts';
import { LATE, SLACK } from './times.ts';
import type { Verdict } from './verdicts.ts';

/** Octets that leave before their entry is read, at most. */
const MOST_UNCLAIMED = 2 ** 20;
/** No message waits so long for its turn, in seconds: a clock was set, or is another one. */
const APART = 600;
/** How many line endings can be under way by themselves. */
const MOST_OWED = 4;

/** What leaves at once: the end of the connection when it has no forms. */
interface Stage extends Omit<Piece, 'bytes'> {
  /** With the line ending of the message or, when that came too late to be part of it, without. */
  readonly forms: readonly Pattern[];
}

/** An entry whose answer is looked for. */
interface Waiting {
  readonly entry: MessageEntry;
  readonly request: Part;
  /** All that leaves, in the same forms. */
  readonly forms: readonly Pattern[];
  /** What has not left yet, in order. Answers to others leave in between. */
  readonly stages: Stage[];
  /** Octets that have left, whether the capture lacks some of them, and their frames. */
  taken: number;
  isIncomplete: boolean;
  readonly frames: FrameRef[];
  /** The frame in which a person sees the fault: with the first octet that is not the message's. */
  shown: FrameRef | undefined;
  readonly changes: number | undefined;
  /** After this time from the decision, in seconds, nothing of it leaves. */
  readonly lasts: number;
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
  /** Those that leave in the order of their messages, and those that wait for another to overtake them. */
  #queue: Waiting[] = [];
  #held: Waiting[] = [];
  readonly #ends: FrameRef[] = [];
  #reset: FrameRef | undefined;
  /** Line endings of messages before the last that may still be echoed by themselves. */
  #owed: { readonly ending: Buffer; readonly entry: MessageEntry }[] = [];
  #latest: MessageEntry | undefined;
  /** Whether that of the last message may. */
  #owing = false;
  #isAnythingExpected = false;
  /** Whether the clock of the journal counts for nothing: what is left then is told by that of the capture. */
  #isTimeless = false;

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
    const stages = stagesOf(all);
    const forms = all.map((pieces) => joinPatterns(pieces.flatMap(({ bytes }) => bytes ?? [])));
    const waiting: Waiting = {
      entry,
      request,
      forms,
      stages,
      taken: 0,
      isIncomplete: false,
      frames: [],
      shown: undefined,
      changes: firstDifference(joinPatterns([request, { bytes: this.#parts.ending() }]), forms[0]!),
      lasts: latestOf(all[0]!),
    };
    if (this.#owing && before.length > 0) {
      this.#owed = [...this.#owed, { ending: before, entry: this.#latest! }].slice(-MOST_OWED);
    }
    this.#latest = entry;
    this.#owing = all.length > 1 || this.#parts.ending().length === 0;
    if (stages.length === 0) this.#settle(waiting, { verdict: 'silent' });
    else (stages[0]!.isHeld ? this.#held : this.#queue).push(waiting);
  }

  /** From now on octets that are of no entry can be of one whose fault is not known here. */
  expectAnything(): void {
    this.#isAnythingExpected = true;
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
    this.#isTimeless = true;
    this.match();
    // What left is something else: as much of it is skipped, so that the next answers are found again.
    for (let head = this.#queue[0]; head && this.#isDue(head) && this.#isLeft; head = this.#queue[0]) {
      const length = Math.min(lengthOf(head), this.#answers.end - this.#answered);
      const part = this.#answers.part(this.#answered, length);
      if (this.#isAnythingExpected) break;
      if (this.#fit(head) === 'more') this.#take(head, part);
      else this.#finishAnswer(head, 'different', part);
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
    if (head && isReset(head) && this.#reset) {
      this.#queue.shift();
      const answer = [...head.frames, this.#reset];
      this.#settle(head, { verdict: verdictOf(head), answer, shown: this.#reset });
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
    return head !== undefined && !isReset(head) && this.#skipTo(head);
  }

  /** Looks for an answer behind octets that are of no entry. False when it is not there, or not yet. */
  #skipTo(waiting: Waiting): boolean {
    const { forms, taken } = waiting;
    const rest = this.#answers.part(this.#answered, this.#answers.end - this.#answered);
    const found = forms.map(({ bytes }) => rest.bytes.indexOf(bytes.subarray(taken))).filter((at) => at > 0);
    const length = Math.min(...found);
    const frame = found.length > 0 ? this.#answers.frameAt(this.#answered + length) : undefined;
    if (rest.known || !frame || frame.time < this.#dueOf(waiting) - SLACK) return false;
    if (length === lengthOf(waiting) && this.#isDue(waiting) && !this.#isAnythingExpected) {
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
    return isInPieces(head) ? [...held, head] : [head, ...held];
  }

  #isDue(waiting: Waiting): boolean {
    const time = this.#answers.frameAt(this.#answered)?.time ?? Number.POSITIVE_INFINITY;
    return !isReset(waiting) && time >= this.#dueOf(waiting) - SLACK;
  }

  /** When the next of it leaves at the earliest. */
  #dueOf({ entry, request, stages }: Waiting): number {
    const asked = this.#isTimeless ? request.frames.at(-1)?.time : undefined;
    return (asked ?? timeOf(entry)) + stages[0]!.at;
  }

  #fit({ stages }: Waiting): Pattern | 'more' | 'no' {
    let more = false;
    for (const form of stages[0]!.forms) {
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
    const part = this.#answers.part(this.#answered, form.bytes.length);
    waiting.isIncomplete ||= part.known !== undefined;
    waiting.stages.shift();
    const [next] = waiting.stages;
    const least = waiting.forms.at(-1)!.bytes.length;
    if (waiting.taken + form.bytes.length > least) this.#disown(waiting.entry);
    if (!next) {
      this.#finishAnswer(waiting, verdictOf(waiting), part);
      return;
    }
    this.#take(waiting, part);
    if (!next.isHeld || this.#held.includes(waiting)) return;
    this.#queue = this.#queue.filter((other) => other !== waiting);
    this.#held.push(waiting);
  }

  #finishAnswer(waiting: Waiting, verdict: Verdict, part: Part): void {
    this.#take(waiting, part);
    const answer = [...new Map(waiting.frames.map((frame) => [frame.number, frame])).values()];
    this.#queue = this.#queue.filter((other) => other !== waiting);
    this.#held = this.#held.filter((other) => other !== waiting);
    this.#settle(waiting, { verdict, answer, shown: waiting.shown ?? answer[0] });
  }

  /** The next octets of the server are of an answer. */
  #take(waiting: Waiting, { bytes, frames }: Part): void {
    const { changes, taken } = waiting;
    // What is cut short shows where it ends.
    const at =
      changes === undefined ? undefined : Math.min(changes, waiting.forms[0]!.bytes.length - 1) - taken;
    if (at !== undefined && at >= 0 && at < bytes.length) {
      waiting.shown = this.#answers.frameAt(this.#answered + at);
    }
    waiting.taken += bytes.length;
    waiting.frames.push(...frames);
    this.#answered += bytes.length;
    this.#answers.drop(this.#answered);
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
    const { entry, request, lasts, frames: answer } = waiting;
    const latest = decidedAt(entry, request) + lasts;
    const end = this.#ends.findLast(({ time }) => time <= latest + SLACK);
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

/** What leaves one after another, each in all forms that it has with another line ending of the message. */
function stagesOf(all: readonly Expected[]): Stage[] {
  const [first, ...others] = all.map(inOne);
  const alike = others.filter((other) => other.length === first!.length);
  return first!.map(({ bytes, ...rest }, at) => ({
    ...rest,
    forms: bytes ? [bytes, ...alike.flatMap((other) => other[at]!.bytes ?? [])] : [],
  }));
}

/** Nothing leaves between octets that leave at the same time. */
function inOne(pieces: Expected): Expected {
  const merged: Piece[] = [];
  for (const piece of pieces) {
    const last = merged.at(-1);
    const isWithLast = last?.bytes && piece.bytes && last.at === piece.at && !last.isHeld && !piece.isHeld;
    if (isWithLast) merged[merged.length - 1] = { ...last, bytes: joinPatterns([last.bytes!, piece.bytes!]) };
    else merged.push(piece);
  }
  return merged;
}

/** When a message was decided by the clock of the capture: its entry says so where both clocks are one. */
function decidedAt(entry: MessageEntry, { frames }: Part): number {
  const asked = frames.at(-1)?.time ?? timeOf(entry);
  return Math.abs(timeOf(entry) - asked) < APART ? timeOf(entry) : asked;
}

/** Whether the end of the connection is next. */
function isReset({ stages }: Waiting): boolean {
  return stages[0]!.forms.length === 0;
}

/** Whether others may leave in the middle of it. */
function isInPieces({ stages, taken }: Waiting): boolean {
  return stages.length > 1 || taken > 0;
}

/** Octets that have not left. */
function lengthOf({ forms, taken }: Waiting): number {
  return forms[0]!.bytes.length - taken;
}

function verdictOf({ isIncomplete }: Waiting): Verdict {
  return isIncomplete ? 'unanswered' : 'answered';
}
