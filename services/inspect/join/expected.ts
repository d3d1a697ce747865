import { type HmacProblem, refusals } from '#common/hmac.ts';
import type { MessageEntry } from '../entries.ts';
import type { Part } from './byte-stream.ts';

/** What leaves for a message when its entry is true. */
export interface Expected {
  /** Each in a datagram of its own on UDP, one behind the other on TCP. */
  readonly pieces: readonly Pattern[];
  /** Seconds from the decision until it leaves. */
  readonly delay: number;
  /** It leaves behind the next answer to the same client, or a second later when there is none. */
  readonly held?: boolean;
  /** The connection ends by RST. */
  readonly reset?: boolean;
}

/** Octets, of which some may not be known. */
export interface Pattern {
  readonly bytes: Buffer;
  /** 1 for each that is known; undefined when all are. */
  readonly known?: Buffer;
}

/** So many octets of a drip leave one by one, the rest in one piece. */
export const DRIPPED = 100;
/** Between them, in seconds. */
export const DROP = 0.02;
/** How long an answer is held back at most, in seconds. */
export const HELD = 1;

type Evidence = (entry: MessageEntry, message: Pattern, textLength: number) => Expected;

const asItIs: Evidence = (_entry, message) => ({ pieces: [message], delay: 0 });

/** What each fault of the echo server leaves on the wire. */
const evidence: Readonly<Record<string, Evidence>> = {
  none: asItIs,
  loss: ({ loss, tag }) => {
    const notice = Buffer.from(tag === undefined ? 'Packet Loss' : 'error_code');
    return { pieces: loss === 'silent' ? [] : [{ bytes: notice }], delay: 0 };
  },
  delay: ({ delay_ms = 0 }, message) => ({ pieces: [message], delay: delay_ms / 1000 }),
  corruption: ({ offset = 0, after = '' }, message) => {
    const bytes = Buffer.from(message.bytes);
    bytes[offset] = Number(after);
    return { pieces: [{ bytes, known: message.known }], delay: 0 };
  },
  duplicate: (_entry, message) => ({ pieces: [message, message], delay: 0 }),
  reorder: (_entry, message) => ({ pieces: [message], delay: 0, held: true }),
  truncate: ({ kept = 0 }, message, textLength) => {
    const cut = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, kept), bytes.subarray(textLength)]);
    const known = message.known && cut(message.known);
    return { pieces: [{ bytes: cut(message.bytes), known }], delay: 0 };
  },
  reset: () => ({ pieces: [], delay: 0, reset: true }),
  drip: (_entry, message) => ({ pieces: dripped(message), delay: 0 }),
  refused: ({ reason }) => ({ pieces: [{ bytes: refusalLine(reason) }], delay: 0 }),
};

/** What leaves for a message that is not signed as it must be. */
export function refusalLine(reason = ''): Buffer {
  return Buffer.from(`refused: ${refusals[reason as HmacProblem] ?? reason}\n`);
}

/** The faults whose evidence is known. */
export const knownFaults = Object.keys(evidence);

/** Undefined for a fault of which nothing is known here. */
export function expectedAnswer(entry: MessageEntry, message: Part | Pattern): Expected | undefined {
  if (!Object.hasOwn(evidence, entry.fault)) return undefined;
  return evidence[entry.fault]!(entry, message, textLengthOf(entry));
}

/** Octets of a message without its line ending; before its tag or HMAC stands a bar. */
export function textLengthOf({ length, tag }: MessageEntry): number {
  return length + (tag === undefined ? 0 : 1 + tag.length);
}

function dripped({ bytes, known }: Pattern): Pattern[] {
  const piece = (from: number, to: number) => ({
    bytes: bytes.subarray(from, to),
    known: known?.subarray(from, to),
  });
  const drops = Array.from({ length: Math.min(bytes.length, DRIPPED) }, (_, at) => piece(at, at + 1));
  return bytes.length > DRIPPED ? [...drops, piece(DRIPPED, bytes.length)] : drops;
}

export function joinPatterns(pieces: readonly Pattern[]): Pattern {
  if (pieces.length === 1) return pieces[0]!;
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  if (pieces.every(({ known }) => !known)) return { bytes };
  return {
    bytes,
    known: Buffer.concat(pieces.map((piece) => piece.known ?? Buffer.alloc(piece.bytes.length, 1))),
  };
}

/** Whether two octet sequences of the same length agree wherever both are known. */
export function agree(a: Pattern, b: Pattern): boolean {
  if (!a.known && !b.known) return a.bytes.equals(b.bytes);
  return a.bytes.every(
    (octet, at) => octet === b.bytes[at] || (a.known && !a.known[at]) || (b.known && !b.known[at]),
  );
}
