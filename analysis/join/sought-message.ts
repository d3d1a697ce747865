import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Part, Range } from '#analysis/capture/tcp-stream.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { rangesFrom } from './claims.ts';
import { type Expected, expectedAnswer, latestOf, type Piece, takenMessage } from './expected.ts';
import { agree, firstDifference, joinPatterns, type Pattern, unknown } from './pattern.ts';
import { isMessageOf, type PlacedStream } from './placed-stream.ts';
import { LATE, SLACK } from './times.ts';
import type { Verdict } from './verdicts.ts';

/** How its connection is, or was at its end. */
export interface Ending {
  /** The frame after which nothing can leave. */
  readonly end: FrameRef | undefined;
  /** The RST of the server. */
  readonly reset: FrameRef | undefined;
  /** When the capture ends, in seconds since 1970; undefined while it goes on. */
  readonly until: number | undefined;
}

/** What the packets say of an entry. */
interface Outcome {
  readonly verdict: Verdict;
  readonly answer: readonly FrameRef[];
  readonly shown: FrameRef | undefined;
  readonly end?: FrameRef | undefined;
}

/** An entry of a message over TCP, which is looked up in what each side sent. */
export class SoughtMessage {
  readonly entry: MessageEntry;
  /** Where its message is in what the client sends, and where its answer begins in what the server sends. */
  readonly range: Range;
  readonly answerAt: number;
  /** Where what it held back has left. */
  readonly late: Range[] = [];
  request: Part | undefined;
  /** Whether its message may have been sent before the capture began, where no positions are known. */
  readonly #mayBeOlder: boolean;
  /** What is said of it where its message is not there. */
  #absent: Verdict = 'lost';
  #expected: Expected | undefined;

  constructor(entry: MessageEntry, mayBeOlder: boolean) {
    const { at = 0, bytes = 0, answer_at = 0 } = entry;
    this.entry = entry;
    this.#mayBeOlder = mayBeOlder;
    this.range = { from: at, to: at + bytes };
    this.answerAt = answer_at;
  }

  /** Looks for its message. False when not all of it is there; a last look takes what there is. */
  locate(requests: PlacedStream, isLast: boolean): boolean {
    if (!requests.isPlaced) requests.placeByMessage(this.entry, this.range);
    const part = requests.at(this.range);
    if (!isLast && (part.known || requests.end < this.range.to)) return false;
    this.request = part;
    const isOlder = requests.isPlaced ? this.range.from < requests.beginning : this.#mayBeOlder;
    if (isOlder) this.#absent = 'outside';
    this.#expected = expectedAnswer(this.entry, takenMessage(this.entry, part));
    return true;
  }

  /** Whether its fault is not known here. */
  get isUnexplained(): boolean {
    return this.request !== undefined && this.#expected === undefined;
  }

  /** Whether something of it is held back, and nobody knows where it leaves. */
  get isHeld(): boolean {
    return this.late.length < this.#held.length;
  }

  /** What is to leave, by what is known of the message. */
  get #pieces(): Expected {
    const { bytes = 0 } = this.entry;
    this.#expected ??= this.request
      ? undefined
      : expectedAnswer(this.entry, takenMessage(this.entry, unknown(bytes)));
    return this.#expected ?? [];
  }

  /** It was sent from there on. */
  sentAt(from: number): void {
    const piece = this.#held[this.late.length];
    if (piece) this.late.push({ from, to: from + lengthOf(piece) });
  }

  /** Where its answer is: from its beginning on, with what others held back left out, and its own held ones. */
  ranges(late: readonly Range[]): readonly Range[] {
    const length = this.#prompt.reduce((sum, piece) => sum + lengthOf(piece), 0);
    return [...rangesFrom(this.answerAt, length, late), ...this.late];
  }

  /** Whether all that was decided is there. */
  isAnswered(answers: PlacedStream, ranges: readonly Range[], { reset }: Ending): boolean {
    if (this.isHeld || (this.#isReset && !reset)) return false;
    if (ranges.some(({ to }) => to > answers.end)) return false;
    const part = partOf(answers, ranges);
    return part.known === undefined && !this.#isEarly(part) && agree(part, this.#pattern);
  }

  /** Whether it left before its time: that is counted from when the message came, or later. */
  #isEarly({ frames }: Part): boolean {
    const [asked, left] = [this.request?.frames.at(-1), frames[0]];
    return (
      left !== undefined &&
      asked !== undefined &&
      left.time < asked.time + (this.#expected?.[0]?.at ?? 0) - SLACK
    );
  }

  /** What the packets say of it, by what is at its places. */
  outcome(answers: PlacedStream, ranges: readonly Range[], ending: Ending): Outcome {
    const part = partOf(answers, ranges);
    const isDifferent = this.#isEarly(part) || !agree(part, prefixOf(this.#pattern, part.bytes.length));
    const verdict = this.#verdict(isDifferent, this.#isMissing(answers, ranges), ending);
    const frames = new Map(part.frames.map((frame) => [frame.number, frame]));
    if (this.#isReset && ending.reset && (verdict === 'answered' || verdict === 'lost')) {
      frames.set(ending.reset.number, ending.reset);
      return { verdict, answer: [...frames.values()], shown: ending.reset };
    }
    const answer = [...frames.values()];
    const shown = answer.length > 0 ? (this.#shownIn(answers, ranges) ?? answer[0]) : undefined;
    return { verdict, answer, shown, end: verdict === 'gone' ? ending.end : undefined };
  }

  /** When it was decided by the clock of the capture, about: soon after it came, and after what was sent before. */
  get #decided(): number {
    const asked = this.request?.frames.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    return Math.max(timeOf(this.entry), asked);
  }

  #verdict(isDifferent: boolean, missing: 'nothing' | 'captured' | 'sent', ending: Ending): Verdict {
    const { bytes, known } = this.request!;
    if (known || bytes.length === 0) return this.#absent;
    if (!isMessageOf(this.entry, bytes)) return 'altered';
    if (this.#expected!.length === 0) return 'silent';
    if (isDifferent) return 'different';
    if (missing === 'captured') return 'unanswered';
    if (missing === 'nothing' && (!this.#isReset || ending.reset)) return 'answered';
    const latest = this.#decided + latestOf(this.#expected!) + LATE;
    if (ending.end) return ending.end.time <= latest ? 'gone' : 'unanswered';
    return ending.until === undefined || ending.until > latest ? 'unanswered' : 'open';
  }

  /** Whether some of it was sent that the capture has not, or has not been sent. */
  #isMissing(answers: PlacedStream, ranges: readonly Range[]): 'nothing' | 'captured' | 'sent' {
    const sent = ranges.map(({ from, to }) => ({ from, to: Math.max(from, Math.min(to, answers.end)) }));
    if (partOf(answers, sent).known) return 'captured';
    return this.isHeld || ranges.some(({ to }) => to > answers.end) ? 'sent' : 'nothing';
  }

  /** The frame in which a person sees the fault: with the first byte that is not the message's. */
  #shownIn(answers: PlacedStream, ranges: readonly Range[]): FrameRef | undefined {
    const pattern = this.#pattern;
    const changes = firstDifference(this.request!, pattern);
    // What is cut short shows where it ends.
    let left = changes === undefined ? undefined : Math.min(changes, pattern.bytes.length - 1);
    if (left === undefined) return undefined;
    for (const { from, to } of ranges) {
      if (left < to - from) return answers.frameAt(from + left);
      left -= to - from;
    }
    return undefined;
  }

  /** All that leaves, in the order of its places. */
  get #pattern(): Pattern {
    return joinPatterns([...this.#prompt, ...this.#held].flatMap(({ bytes }) => bytes ?? []));
  }

  get #prompt(): readonly Piece[] {
    return this.#pieces.filter(({ bytes, isHeld }) => bytes && !isHeld);
  }

  get #held(): readonly Piece[] {
    return this.#pieces.filter(({ isHeld }) => isHeld);
  }

  /** Whether it ends the connection. */
  get #isReset(): boolean {
    return this.#expected?.some(({ bytes }) => !bytes) ?? false;
  }

  /** Places the answers of a connection of which the capture has not the beginning. */
  place(answers: PlacedStream): void {
    const pattern = this.#pattern;
    const asked = this.request?.frames.at(-1)?.time ?? 0;
    if (pattern.bytes.length > 0 && !pattern.known) answers.placeByAnswer(this.answerAt, pattern, asked);
  }
}

function lengthOf({ bytes }: Piece): number {
  return bytes?.bytes.length ?? 0;
}

function prefixOf({ bytes, known }: Pattern, length: number): Pattern {
  return { bytes: bytes.subarray(0, length), known: known?.subarray(0, length) };
}

/** What a stream has at several places, one after the other. */
function partOf(stream: PlacedStream, ranges: readonly Range[]): Part {
  const parts = ranges.map((range) => stream.at(range));
  if (parts.length === 1) return parts[0]!;
  const { bytes, known } = joinPatterns(parts);
  return { bytes, known, frames: parts.flatMap(({ frames }) => frames) };
}
