import { FIN, type Frame, type FrameRef, RST, refOf } from '#analysis/capture/frames.ts';
import type { Part } from '#analysis/capture/tcp-stream.ts';
import { isHttp, timeOf } from '#lib/journal/entries.ts';
import type { Decision, EventNamed } from '#lib/journal/schema.ts';
import { expectedAnswer, latestOf, takenMessage } from './expected.ts';
import { type Emit, matchOf } from './finding.ts';
import { unknown } from './pattern.ts';
import { follow, PlacedStream } from './placed-stream.ts';
import { LATE } from './times.ts';
import type { Verdict } from './verdicts.ts';

/** Bytes of a side that are kept until the entries of their time come. */
const KEPT = 2 ** 20;
/** Entries of one connection that wait for packets, at most. */
const MOST_SOUGHT = 256;
/** A record begins with its type, a version and its length (RFC 8446, 5.1), and has so many bytes of data at most. */
const HEADER = 5;
const MOST_IN_RECORD = 2 ** 14;

/** Application data, and what a record of them has beside at least: 16 bytes of its tag (RFC 5116, 5.1). */
const DATA = 23;
const LEAST_MORE = 16;
/** `HTTP/1.1 200` and more. */
const LEAST_ANSWER = 32;

/** An entry whose records are looked up. */
interface Sought {
  readonly entry: Decision;
  /** How much is in each record that leaves at once and that is held back, at least; and when the last of them is due. */
  readonly prompt: readonly number[];
  readonly held: readonly number[];
  readonly isReset: boolean;
  readonly due: number;
}

/** Where records are: up to there, in these frames. */
interface Records {
  readonly to: number | undefined;
  readonly frames: readonly FrameRef[];
  readonly missing: 'nothing' | 'captured' | 'sent';
}

/**
 * A connection over TLS as whoever has no keys sees it: each entry says where on the wire it is, so its frames are known.
 * What is in them is not.
 */
export class EncryptedConnection {
  readonly #emit: Emit;
  readonly #requests = new PlacedStream();
  readonly #answers = new PlacedStream();
  readonly #sought: Sought[] = [];
  /** What was held back, by where on the wire its first record is. */
  readonly #late = new Map<number, Sought>();
  /** The request that was settled last, and where its answer ends. */
  #last: { readonly exchange: number; readonly to: number | undefined } | undefined;
  #end: FrameRef | undefined;
  #reset: FrameRef | undefined;
  /** Something of the connection can't be read. */
  isShut = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  take(frame: Frame): void {
    const { wire, toServer, flags, number, time } = frame;
    if (!wire) return;
    if (frame.sealed === 'shut') this.isShut = true;
    const [own, other] = toServer ? [this.#requests, this.#answers] : [this.#answers, this.#requests];
    follow(own, other, { ...wire, flags, number, time });
    if (flags & RST || (flags & FIN && !toServer)) this.#end ??= refOf(frame);
    if (flags & RST && !toServer) this.#reset ??= refOf(frame);
    if (this.#sought.length > 0) return;
    for (const stream of [this.#requests, this.#answers]) stream.drop(stream.end - KEPT);
  }

  decide(entry: Decision): void {
    // Where the capture begins in the middle nobody knows where what it has stands.
    if (!this.#requests.isPlaced) {
      this.#emit(matchOf(entry, 'encrypted'));
      return;
    }
    this.#sought.push(soughtOf(entry));
    // Behind a later one nothing more comes of it, but what is held back.
    while (
      this.#sought.length > 1 &&
      (this.#isWhole(this.#sought[0]!) || this.#sought.length > MOST_SOUGHT)
    ) {
      const head = this.#sought.shift()!;
      this.#settle(head);
      const { wire_from = 0, wire_answer_at = 0 } = head.entry;
      this.#requests.drop(wire_from);
      this.#answers.drop(wire_answer_at);
      this.#dropLate(wire_answer_at);
    }
  }

  /** No answer is looked up before a place any more, but those of what waits still. */
  #dropLate(place: number): void {
    for (const [at, sought] of this.#late) {
      if (at >= place) return;
      if (!this.#sought.includes(sought)) this.#late.delete(at);
    }
  }

  /** Whether an entry of it waits for its packets. */
  seeks(id: number): boolean {
    return this.#sought.some(({ entry }) => entry.id === id);
  }

  /** An answer that was held back has left. */
  sent({ entry: id, wire_answer_at }: EventNamed<'sent'>): void {
    const sought = this.#sought.find(({ entry }) => entry.id === id);
    if (sought && wire_answer_at !== undefined) this.#late.set(wire_answer_at, sought);
  }

  /** Nothing more comes up to a time, in seconds since 1970. */
  finish(until: number): void {
    for (const sought of this.#sought.splice(0)) this.#settle(sought, until);
  }

  #settle(sought: Sought, until?: number): void {
    const { entry } = sought;
    const request = this.#requestOf(entry);
    const answer = this.#answerTo(sought);
    if (isHttp(entry)) this.#last = { exchange: entry.exchange ?? Number.NaN, to: answer.to };
    const isLost = request.known !== undefined || request.frames.length === 0;
    const verdict = isLost ? 'lost' : this.#verdict(sought, answer, until);
    const frames = [...new Map(answer.frames.map((frame) => [frame.number, frame])).values()];
    const end = verdict === 'gone' ? this.#end : undefined;
    this.#emit(matchOf(entry, verdict, { request: request.frames, answer: frames, end }));
  }

  #requestOf({ wire_from = 0, wire_to = wire_from }: Decision): Part {
    return this.#requests.part(wire_from, wire_to - wire_from);
  }

  #isWhole(sought: Sought): boolean {
    return this.#requestOf(sought.entry).known === undefined && this.#answerTo(sought).missing === 'nothing';
  }

  #verdict({ due, isReset }: Sought, { missing }: Records, until?: number): Verdict {
    if (missing === 'captured') return 'unanswered';
    if (missing === 'nothing' && (!isReset || this.#reset)) return 'encrypted';
    if (this.#end) return this.#end.time <= due + LATE ? 'gone' : 'unanswered';
    return until === undefined || until > due + LATE ? 'unanswered' : 'open';
  }

  #answerTo(sought: Sought): Records {
    const { entry, prompt, held, isReset } = sought;
    const from = entry.wire_answer_at ?? this.#afterLast(entry);
    if (from === undefined) return { to: undefined, frames: [], missing: 'nothing' };
    const records = this.#recordsFrom(from, prompt, sought);
    const late = [...this.#late].filter(([, one]) => one === sought);
    const later = late.map(([at]) => this.#recordsFrom(at, held, sought));
    const all = [records, ...later];
    const frames = all.flatMap((one) => one.frames);
    if (isReset && this.#reset) frames.push(this.#reset);
    const missing = all.find((one) => one.missing !== 'nothing')?.missing;
    return { to: records.to, frames, missing: missing ?? (held.length > late.length ? 'sent' : 'nothing') };
  }

  /** Of a request that was sent ahead the answer follows the one before. */
  #afterLast(entry: Decision): number | undefined {
    const isNext = isHttp(entry) && entry.exchange === (this.#last?.exchange ?? Number.NaN) + 1;
    return isNext ? this.#last?.to : undefined;
  }

  /** The next records, without those that others held back. */
  #recordsFrom(from: number, lengths: readonly number[], own: Sought): Records {
    const frames: FrameRef[] = [];
    let at = from;
    for (const length of lengths) {
      const other = this.#late.get(at);
      if (other && other !== own) at = this.#recordsFrom(at, other.held, other).to ?? at;
      const record = this.#recordAt(at, length);
      frames.push(...record.frames);
      if (record.missing !== 'nothing') return { ...record, frames };
      at = record.to!;
    }
    return { to: at, frames, missing: 'nothing' };
  }

  /** The record at a place, with so much in it at least. */
  #recordAt(at: number, length: number): Records {
    const header = this.#answers.part(at, HEADER);
    if (at + HEADER > this.#answers.end) return { to: at, frames: [], missing: 'sent' };
    if (header.known) return { to: at, frames: [], missing: 'captured' };
    const inRecord = header.bytes.readUInt16BE(3);
    // An alert, which ends the connection, is no answer: by TLS 1.3 it looks like data.
    const isData = header.bytes[0] === DATA && inRecord >= length + LEAST_MORE;
    if (!isData) return { to: at, frames: [], missing: 'sent' };
    const to = at + HEADER + inRecord;
    const { known, frames } = this.#answers.part(at, to - at);
    if (!known) return { to, frames, missing: 'nothing' };
    return { to, frames, missing: to > this.#answers.end ? 'sent' : 'captured' };
  }
}

function soughtOf(entry: Decision): Sought {
  const decided = timeOf(entry);
  if (isHttp(entry)) {
    // An answer is one write, and a request that is held gets none. One sent ahead of others waits for these.
    const due = entry.wire_answer_at === undefined ? Number.POSITIVE_INFINITY : decided;
    const prompt = entry.outcome === 'timeout' ? [] : [LEAST_ANSWER];
    return { entry, prompt, held: [], isReset: false, due };
  }
  const pieces = expectedAnswer(entry, takenMessage(entry, unknown(entry.bytes ?? 0))) ?? [];
  const recordsOf = (isHeld: boolean) =>
    pieces
      .filter((piece) => piece.bytes && (piece.isHeld ?? false) === isHeld)
      .flatMap(({ bytes }) => recordLengths(bytes!.bytes.length));
  return {
    entry,
    prompt: recordsOf(false),
    held: recordsOf(true),
    isReset: pieces.some(({ bytes }) => !bytes),
    due: decided + latestOf(pieces),
  };
}

/** What is written at once is cut into records of at most 16 KiB. */
function recordLengths(length: number): number[] {
  const count = Math.ceil(length / MOST_IN_RECORD);
  return Array.from({ length: count }, (_, at) => Math.min(MOST_IN_RECORD, length - at * MOST_IN_RECORD));
}
