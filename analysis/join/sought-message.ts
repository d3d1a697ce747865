import type { FrameRef } from '#analysis/capture/frames.ts';
import type { Part, Range } from '#analysis/capture/tcp-stream.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { rangesFrom } from './claims.ts';
import { type Expected, expectedAnswer, latestOf, type Piece, takenMessage } from './expected.ts';
import { agree, firstDifference, joinPatterns, type Pattern, unknown } from './pattern.ts';
import { isMessageOf, type PlacedStream } from './placed-stream.ts';
import { LATE, SLACK } from './times.ts';
import type { Reason } from './verdicts.ts';

/** How the connection ended, if it did. */
export interface Ending {
  /** The frame after which the server can't send. */
  readonly end: FrameRef | undefined;
  /** The RST of the server. */
  readonly reset: FrameRef | undefined;
  /** When the capture ends, in seconds since 1970; undefined while it goes on. */
  readonly until: number | undefined;
}

/** The result for an entry. */
interface Outcome {
  readonly reason: Reason;
  readonly response: readonly FrameRef[];
  readonly shown: FrameRef | undefined;
  readonly end?: FrameRef | undefined;
}

/** The entry of a message over TCP, which is looked up in the streams of both sides. */
export class SoughtMessage {
  readonly entry: MessageEntry;
  /** The range of its message in the client's stream, and the begin of its answer in the server's. */
  readonly range: Range;
  readonly answerAt: number;
  /** Where its held-back pieces were sent. */
  readonly late: Range[] = [];
  request: Part | undefined;
  /** Whether its message may be from before the capture, while positions are unknown. */
  readonly #mayBeOlder: boolean;
  /** The reason if its message is missing. */
  #absent: Reason = 'request-missing';
  #expected: Expected | undefined;

  constructor(entry: MessageEntry, mayBeOlder: boolean) {
    const { at = 0, bytes = 0, answer_at = 0 } = entry;
    this.entry = entry;
    this.#mayBeOlder = mayBeOlder;
    this.range = { from: at, to: at + bytes };
    this.answerAt = answer_at;
  }

  /** Looks for its message. False while it is incomplete, unless this is the last look. */
  locate(requests: PlacedStream, isLast: boolean): boolean {
    if (!requests.isPlaced) requests.placeByMessage(this.entry, this.range);
    const part = requests.at(this.range);
    if (!isLast && (part.known || requests.end < this.range.to)) return false;
    this.request = part;
    const isOlder = requests.isPlaced ? this.range.from < requests.beginning : this.#mayBeOlder;
    if (isOlder) this.#absent = 'before-capture';
    this.#expected = expectedAnswer(this.entry, takenMessage(this.entry, part));
    return true;
  }

  /** Whether this version does not know its fault. */
  get hasUnknownFault(): boolean {
    return this.request !== undefined && this.#expected === undefined;
  }

  /** Whether a piece is held back and its position is still unknown. */
  get isHeld(): boolean {
    return this.late.length < this.#held.length;
  }

  /** What must be sent, as far as the message is known. */
  get #pieces(): Expected {
    const { bytes = 0 } = this.entry;
    this.#expected ??= this.request
      ? undefined
      : expectedAnswer(this.entry, takenMessage(this.entry, unknown(bytes)));
    return this.#expected ?? [];
  }

  /** A held-back piece was sent at this position. */
  sentAt(from: number): void {
    const piece = this.#held[this.late.length];
    if (piece) this.late.push({ from, to: from + lengthOf(piece) });
  }

  /** The ranges of its answer: those sent at once, without held-back pieces of others, then its own held-back ones. */
  ranges(late: readonly Range[]): readonly Range[] {
    const length = this.#prompt.reduce((sum, piece) => sum + lengthOf(piece), 0);
    return [...rangesFrom(this.answerAt, length, late), ...this.late];
  }

  /** Whether everything that was decided is there. */
  isAnswered(answers: PlacedStream, ranges: readonly Range[], { reset }: Ending): boolean {
    if (this.isHeld || (this.#isReset && !reset)) return false;
    if (ranges.some(({ to }) => to > answers.end)) return false;
    const part = partOf(answers, ranges);
    return part.known === undefined && !this.#isEarly(part) && agree(part, this.#pattern);
  }

  /** Whether it was sent too early. A delay counts from the message's arrival or later. */
  #isEarly({ frames }: Part): boolean {
    const [asked, answered] = [this.request?.frames.at(-1), frames[0]];
    return (
      answered !== undefined &&
      asked !== undefined &&
      answered.time < asked.time + (this.#expected?.[0]?.at ?? 0) - SLACK
    );
  }

  /** The result, by the bytes in its ranges. */
  outcome(answers: PlacedStream, ranges: readonly Range[], ending: Ending): Outcome {
    const part = partOf(answers, ranges);
    const isDifferent = this.#isEarly(part) || !agree(part, prefixOf(this.#pattern, part.bytes.length));
    const reason = this.#reason(isDifferent, this.#isMissing(answers, ranges), ending);
    const frames = new Map(part.frames.map((frame) => [frame.number, frame]));
    if (this.#isReset && ending.reset && (reason === 'response-sent' || reason === 'request-missing')) {
      frames.set(ending.reset.number, ending.reset);
      return { reason, response: [...frames.values()], shown: ending.reset };
    }
    const response = [...frames.values()];
    const shown = response.length > 0 ? (this.#shownIn(answers, ranges) ?? response[0]) : undefined;
    return { reason, response, shown, end: reason === 'connection-closed' ? ending.end : undefined };
  }

  /** About when it was decided, by the capture's clock: soon after the message arrived. */
  get #decided(): number {
    const asked = this.request?.frames.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    return Math.max(timeOf(this.entry), asked);
  }

  #reason(isDifferent: boolean, missing: 'nothing' | 'captured' | 'sent', ending: Ending): Reason {
    const { bytes, known } = this.request!;
    if (known || bytes.length === 0) return this.#absent;
    if (!isMessageOf(this.entry, bytes)) return 'message-differs';
    if (this.#expected!.length === 0) return 'nothing-sent';
    if (isDifferent) return 'response-differs';
    if (missing === 'captured') return 'response-missing';
    if (missing === 'nothing' && (!this.#isReset || ending.reset)) return 'response-sent';
    const latest = this.#decided + latestOf(this.#expected!) + LATE;
    if (ending.end) return ending.end.time <= latest ? 'connection-closed' : 'response-missing';
    return ending.until === undefined || ending.until > latest ? 'response-missing' : 'pending';
  }

  /** Whether some of it was not captured, or not sent. */
  #isMissing(answers: PlacedStream, ranges: readonly Range[]): 'nothing' | 'captured' | 'sent' {
    const sent = ranges.map(({ from, to }) => ({ from, to: Math.max(from, Math.min(to, answers.end)) }));
    if (partOf(answers, sent).known) return 'captured';
    return this.isHeld || ranges.some(({ to }) => to > answers.end) ? 'sent' : 'nothing';
  }

  /** The frame in which a person sees the fault: that of the first byte which differs from the message. */
  #shownIn(answers: PlacedStream, ranges: readonly Range[]): FrameRef | undefined {
    const pattern = this.#pattern;
    const changes = firstDifference(this.request!, pattern);
    // A truncated answer shows it at its end.
    let offset = changes === undefined ? undefined : Math.min(changes, pattern.bytes.length - 1);
    if (offset === undefined) return undefined;
    for (const { from, to } of ranges) {
      if (offset < to - from) return answers.frameAt(from + offset);
      offset -= to - from;
    }
    return undefined;
  }

  /** All that is sent, in the order of its ranges. */
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

  /** Derives the positions of the answers if the capture lacks the begin of the connection. */
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

/** The bytes of several ranges, joined. */
function partOf(stream: PlacedStream, ranges: readonly Range[]): Part {
  const parts = ranges.map((range) => stream.at(range));
  if (parts.length === 1) return parts[0]!;
  const { bytes, known } = joinPatterns(parts);
  return { bytes, known, frames: parts.flatMap(({ frames }) => frames) };
}
