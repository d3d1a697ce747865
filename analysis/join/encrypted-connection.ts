import { FIN, type Frame, type FrameRef, RST, refOf } from '#analysis/capture/frames.ts';
import type { Part } from '#analysis/capture/tcp-stream.ts';
import { isHttp, timeOf } from '#lib/journal/entries.ts';
import type { Decision, EventNamed } from '#lib/journal/schema.ts';
import { expectedAnswer, latestOf, takenMessage } from './expected.ts';
import { type Emit, matchOf } from './finding.ts';
import { unknown } from './pattern.ts';
import { follow, PlacedStream } from './placed-stream.ts';
import { LATE } from './times.ts';
import type { Reason } from './verdicts.ts';

/** Bytes of each side that are kept for entries that are still to be read. */
const KEPT = 2 ** 20;
/** At most this many entries of one connection wait for packets. */
const MOST_SOUGHT = 256;
/** A record's header has its type, version and length, and its data at most 2^14 bytes (RFC 8446, 5.1). */
const HEADER = 5;
const MOST_IN_RECORD = 2 ** 14;

/** Type of application data, and the least that encryption adds: a tag of 16 bytes (RFC 5116, 5.1). */
const DATA = 23;
const LEAST_MORE = 16;
/** The shortest HTTP response, `HTTP/1.1 200` and more. */
const LEAST_ANSWER = 32;

/** An entry whose records are looked up. */
interface Sought {
  readonly entry: Decision;
  /** The least bytes in each record that is sent at once, and in each that is held back; when the last one is due. */
  readonly prompt: readonly number[];
  readonly held: readonly number[];
  readonly isReset: boolean;
  readonly due: number;
}

/** Consecutive records: where they end, their frames, and what is missing of them. */
interface Records {
  readonly to: number | undefined;
  readonly frames: readonly FrameRef[];
  readonly missing: 'nothing' | 'captured' | 'sent';
}

/**
 * A TLS connection without its keys. Each entry has its offsets on the wire, so its frames are known; their content
 * is not.
 */
export class EncryptedConnection {
  readonly #emit: Emit;
  readonly #requests = new PlacedStream();
  readonly #answers = new PlacedStream();
  readonly #sought: Sought[] = [];
  /** Held-back answers, by the wire offset of their first record. */
  readonly #late = new Map<number, Sought>();
  /** The request that was settled last, and the end of its answer. */
  #last: { readonly exchange: number; readonly to: number | undefined } | undefined;
  #end: FrameRef | undefined;
  #reset: FrameRef | undefined;
  /** A part of the connection can't be decrypted. */
  isEncrypted = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  take(frame: Frame): void {
    const { wire, toServer, flags, number, time } = frame;
    if (!wire) return;
    if (frame.tls === 'encrypted') this.isEncrypted = true;
    const [own, other] = toServer ? [this.#requests, this.#answers] : [this.#answers, this.#requests];
    follow(own, other, { ...wire, flags, number, time });
    if (flags & RST || (flags & FIN && !toServer)) this.#end ??= refOf(frame);
    if (flags & RST && !toServer) this.#reset ??= refOf(frame);
    if (this.#sought.length > 0) return;
    for (const stream of [this.#requests, this.#answers]) stream.drop(stream.end - KEPT);
  }

  decide(entry: Decision): void {
    // If the capture begins in the middle of the connection, its offsets are unknown.
    if (!this.#requests.isPlaced) {
      this.#emit(matchOf(entry, 'no-keys'));
      return;
    }
    this.#sought.push(soughtOf(entry));
    // Once a later answer is sent, only held-back records of an earlier one can follow.
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

  /** The last frame of the request of an entry that waits for its answer. */
  frameOf(entry: Decision): FrameRef | undefined {
    return this.#sought.some((sought) => sought.entry === entry)
      ? this.#requestOf(entry).frames.at(-1)
      : undefined;
  }

  /** Forgets held-back answers before an offset, except those of waiting entries. */
  #dropLate(place: number): void {
    for (const [at, sought] of this.#late) {
      if (at >= place) return;
      if (!this.#sought.includes(sought)) this.#late.delete(at);
    }
  }

  /** Whether this entry still waits for its packets. */
  seeks(id: number): boolean {
    return this.#sought.some(({ entry }) => entry.id === id);
  }

  /** A held-back answer was sent. */
  sent({ entry: id, wire_answer_at }: EventNamed<'sent'>): void {
    const sought = this.#sought.find(({ entry }) => entry.id === id);
    if (sought && wire_answer_at !== undefined) this.#late.set(wire_answer_at, sought);
  }

  /** No more frames follow until this time, in seconds since 1970. */
  finish(until: number): void {
    for (const sought of this.#sought.splice(0)) this.#settle(sought, until);
  }

  #settle(sought: Sought, until?: number): void {
    const { entry } = sought;
    const request = this.#requestOf(entry);
    const answer = this.#answerTo(sought);
    if (isHttp(entry)) this.#last = { exchange: entry.exchange ?? Number.NaN, to: answer.to };
    const isLost = request.known !== undefined || request.frames.length === 0;
    const reason = isLost ? 'request-missing' : this.#reason(sought, answer, until);
    const frames = [...new Map(answer.frames.map((frame) => [frame.number, frame])).values()];
    const end = reason === 'connection-closed' ? this.#end : undefined;
    this.#emit(matchOf(entry, reason, { request: request.frames, response: frames, end }));
  }

  #requestOf({ wire_from = 0, wire_to = wire_from }: Decision): Part {
    return this.#requests.part(wire_from, wire_to - wire_from);
  }

  #isWhole(sought: Sought): boolean {
    return this.#requestOf(sought.entry).known === undefined && this.#answerTo(sought).missing === 'nothing';
  }

  #reason({ due, isReset }: Sought, { missing }: Records, until?: number): Reason {
    if (missing === 'captured') return 'response-missing';
    if (missing === 'nothing' && (!isReset || this.#reset)) return 'no-keys';
    if (this.#end) return this.#end.time <= due + LATE ? 'connection-closed' : 'response-missing';
    return until === undefined || until > due + LATE ? 'response-missing' : 'pending';
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

  /** The answer to a pipelined request follows the answer before it. */
  #afterLast(entry: Decision): number | undefined {
    const isNext = isHttp(entry) && entry.exchange === (this.#last?.exchange ?? Number.NaN) + 1;
    return isNext ? this.#last?.to : undefined;
  }

  /** The next records, without the held-back ones of other entries. */
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

  /** The record at an offset, with at least `length` bytes in it. */
  #recordAt(at: number, length: number): Records {
    const header = this.#answers.part(at, HEADER);
    if (at + HEADER > this.#answers.end) return { to: at, frames: [], missing: 'sent' };
    if (header.known) return { to: at, frames: [], missing: 'captured' };
    const inRecord = header.bytes.readUInt16BE(3);
    // An alert ends the connection and is no answer, but in TLS 1.3 it looks like data.
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
    // An answer is one write; a timeout gets none. A pipelined request waits for those before it.
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

/** One write is split into records of at most 16 KiB. */
function recordLengths(length: number): number[] {
  const count = Math.ceil(length / MOST_IN_RECORD);
  return Array.from({ length: count }, (_, at) => Math.min(MOST_IN_RECORD, length - at * MOST_IN_RECORD));
}
