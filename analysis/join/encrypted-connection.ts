import { ACK, FIN, type Frame, type FrameRef, RST, refOf, SYN } from '#analysis/capture/frames.ts';
import { type Part, TcpStream } from '#analysis/capture/tcp-stream.ts';
import { isHttp, timeOf } from '#lib/journal/entries.ts';
import type { Decision, EventNamed } from '#lib/journal/schema.ts';
import { expectedAnswer, latestOf } from './expected.ts';
import type { Emit } from './finding.ts';
import { unknown } from './pattern.ts';
import { LATE } from './times.ts';
import type { Verdict } from './verdicts.ts';

/** Bytes of a side that are kept until the entries of their time come. */
const KEPT = 2 ** 20;
/** Entries of one connection that wait for packets, at most. */
const MOST_SOUGHT = 256;
/** A record begins with its type, a version and its length (RFC 8446, 5.1), and has so many bytes of data at most. */
const HEADER = 5;
const MOST_IN_RECORD = 2 ** 14;

/** An entry whose records are looked up. */
interface Sought {
  readonly entry: Decision;
  /** How many records leave at once and how many are held back, and when the last of them is due. */
  readonly prompt: number;
  readonly held: number;
  readonly isReset: boolean;
  readonly due: number;
}

/** Where records are: up to there, in these frames. */
interface Records {
  readonly to: number;
  readonly frames: readonly FrameRef[];
  readonly missing: 'nothing' | 'captured' | 'sent';
}

/**
 * A connection over TLS as whoever has no keys sees it: each entry says where on the wire it is, so its frames are known.
 * What is in them is not.
 */
export class EncryptedConnection {
  readonly #emit: Emit;
  readonly #requests = new TcpStream();
  readonly #answers = new TcpStream();
  readonly #sought: Sought[] = [];
  /** What was held back, by where on the wire its first record is. */
  readonly #late = new Map<number, Sought>();
  #end: FrameRef | undefined;
  #reset: FrameRef | undefined;
  /** Something of the connection can't be read. */
  isShut = false;

  constructor(emit: Emit) {
    this.#emit = emit;
  }

  take(frame: Frame): void {
    const { wire, toServer, flags } = frame;
    if (!wire) return;
    if (frame.sealed === 'shut') this.isShut = true;
    const [own, other] = toServer ? [this.#requests, this.#answers] : [this.#answers, this.#requests];
    if (flags & SYN) own.begin(wire.seq + 1);
    else if (wire.payload.length > 0) own.add({ ...frame, ...wire });
    else own.acknowledge(wire.seq);
    if (flags & ACK) other.acknowledge(wire.ack);
    if (flags & RST || (flags & FIN && !toServer)) this.#end ??= refOf(frame);
    if (flags & RST && !toServer) this.#reset ??= refOf(frame);
    if (this.#sought.length > 0) return;
    for (const stream of [own, other]) stream.drop(stream.end - KEPT);
  }

  decide(entry: Decision): void {
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
    const asked = request.frames.at(-1);
    const isLost = request.known !== undefined || !asked;
    const verdict = isLost ? 'lost' : this.#verdict(sought, answer, until);
    const frames = [...new Map(answer.frames.map((frame) => [frame.number, frame])).values()];
    this.#emit({
      kind: 'match',
      entry,
      verdict,
      request: request.frames,
      answer: frames,
      end: verdict === 'gone' ? this.#end : undefined,
      shows: (frames[0] ?? asked)?.number,
      took: frames[0] && asked ? frames[0].time - asked.time : undefined,
    });
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
    if (entry.wire_answer_at === undefined) return { to: 0, frames: [], missing: 'nothing' };
    const records = this.#recordsFrom(entry.wire_answer_at, prompt, sought);
    const late = [...this.#late].filter(([, one]) => one === sought);
    const later = late.map(([at]) => this.#recordsFrom(at, held, sought));
    const all = [records, ...later];
    const frames = all.flatMap((one) => one.frames);
    if (isReset && this.#reset) frames.push(this.#reset);
    const missing = all.find((one) => one.missing !== 'nothing')?.missing;
    return { to: 0, frames, missing: missing ?? (held > late.length ? 'sent' : 'nothing') };
  }

  /** The next so many records, without those that others held back. */
  #recordsFrom(from: number, count: number, own: Sought): Records {
    const frames: FrameRef[] = [];
    let at = from;
    for (let left = count; left > 0; left -= 1) {
      const other = this.#late.get(at);
      if (other && other !== own) at = this.#recordsFrom(at, other.held, other).to;
      const header = this.#answers.part(at, HEADER);
      if (at + HEADER > this.#answers.end) return { to: at, frames, missing: 'sent' };
      if (header.known) return { to: at, frames, missing: 'captured' };
      const record = this.#answers.part(at, HEADER + header.bytes.readUInt16BE(3));
      frames.push(...record.frames);
      at += record.bytes.length;
      if (record.known) return { to: at, frames, missing: at > this.#answers.end ? 'sent' : 'captured' };
    }
    return { to: at, frames, missing: 'nothing' };
  }
}

function soughtOf(entry: Decision): Sought {
  const decided = timeOf(entry);
  // An answer is one write, and one that is held has none.
  if (isHttp(entry))
    return { entry, prompt: entry.outcome === 'timeout' ? 0 : 1, held: 0, isReset: false, due: decided };
  const pieces = expectedAnswer(entry, unknown(entry.bytes ?? 0)) ?? [];
  const recordsOf = (isHeld: boolean) =>
    pieces
      .filter((piece) => piece.bytes && (piece.isHeld ?? false) === isHeld)
      .reduce((sum, { bytes }) => sum + Math.ceil(bytes!.bytes.length / MOST_IN_RECORD), 0);
  return {
    entry,
    prompt: recordsOf(false),
    held: recordsOf(true),
    isReset: pieces.some(({ bytes }) => !bytes),
    due: decided + latestOf(pieces),
  };
}
