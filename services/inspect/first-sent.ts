import { SYN } from './frames.ts';

/** A TCP segment. */
export interface SentSegment {
  /** Who says it to whom. */
  readonly flow: string;
  /** The raw sequence number. */
  readonly seq: number;
  readonly flags: number;
  readonly payload: Buffer;
}

/** Sequence numbers, the second one behind the last octet. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** One direction of a connection. */
interface Stream {
  /** The sequence number behind the last octet that came. */
  behind: number;
  /** What has not come of the octets before it. */
  missing: Range[];
}

/** So many streams at least, and so many gaps in one, are remembered; of more, the oldest are forgotten. */
const STREAMS = 50_000;
const GAPS = 1_000;
/** No window is as large: what is as far away is of another connection of the same ports. In octets. */
const FAR = 2 ** 24;

/** Tells what TCP says for the first time from what it sends again, also when segments come out of order. */
export class FirstSent {
  #recent = new Map<string, Stream>();
  /** Those that were recent when there were as many as are remembered. */
  #older: ReadonlyMap<string, Stream> = new Map();

  /** Whether a segment has octets that have not come before. */
  has({ flow, seq, flags, payload }: SentSegment): boolean {
    const isFirst = (flags & SYN) !== 0;
    if (!isFirst && payload.length === 0) return false;
    // A SYN counts as an octet (RFC 9293, 3.4).
    const from = isFirst ? (seq + 1) >>> 0 : seq;
    const known = isFirst ? undefined : (this.#recent.get(flow) ?? this.#older.get(flow));
    const isKnown = known !== undefined && Math.abs(after(from, known.behind)) < FAR;
    const stream = isKnown ? known : begun(from, isFirst);
    if (this.#recent.get(flow) !== stream) this.#keep(flow, stream);
    return take(stream, { from, to: (from + payload.length) >>> 0 });
  }

  #keep(flow: string, stream: Stream): void {
    if (this.#recent.size === STREAMS) {
      this.#older = this.#recent;
      this.#recent = new Map();
    }
    this.#recent.set(flow, stream);
  }
}

/** Without its SYN nobody knows what was before. */
function begun(from: number, isFirst: boolean): Stream {
  return { behind: from, missing: isFirst ? [] : [{ from: (from - FAR) >>> 0, to: from }] };
}

/** Returns whether something of the range has not come before. */
function take(stream: Stream, { from, to }: Range): boolean {
  const { behind, missing } = stream;
  const isAhead = after(to, behind) > 0;
  if (isAhead) stream.behind = to;
  if (from === behind) return isAhead;
  if (after(from, behind) > 0) {
    if (missing.length === GAPS) missing.shift();
    missing.push({ from: behind, to: from });
    return true;
  }
  if (!missing.some((gap) => after(to, gap.from) > 0 && after(gap.to, from) > 0)) return isAhead;
  stream.missing = missing.flatMap((gap) => without(gap, { from, to }));
  return true;
}

/** What is left of a gap. */
function without(gap: Range, { from, to }: Range): Range[] {
  const before = { from: gap.from, to: after(from, gap.to) < 0 ? from : gap.to };
  const behind = { from: after(to, gap.from) > 0 ? to : gap.from, to: gap.to };
  return [before, behind].filter((range) => after(range.to, range.from) > 0);
}

/** Octets from one sequence number to another; they begin again after 2^32. */
function after(number: number, other: number): number {
  return (number - other) | 0;
}
