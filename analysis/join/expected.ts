import type { Detail, Step } from '#lib/faults/echo/fault.ts';
import { stepsOf } from '#lib/faults/echo/replay.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { Message } from '#lib/message/message.ts';
import { common, type Pattern, through, unknown, withKnown } from './pattern.ts';
import { HELD } from './times.ts';

/** What leaves at once, in a datagram of its own on UDP. */
export interface Piece {
  /** Its bytes; undefined is the end of the connection by RST. */
  readonly bytes?: Pattern;
  /** Seconds from the decision until it leaves, at the earliest. */
  readonly at: number;
  /** It leaves after the next answer to the same client, or a second later when there is none. */
  readonly isHeld?: boolean;
}

/** What leaves for a message when its entry is true, in order. */
export type Expected = readonly Piece[];

/**
 * What the server did, as its own faults do it to the bytes of the capture with the detail of the journal. Undefined
 * for a fault of which nothing is known here.
 *
 * @param message as the server took it
 */
export function expectedAnswer(entry: MessageEntry, message: Pattern): Expected | undefined {
  // The most frequent one, and what is made of it is not to be found out.
  if (entry.fault === 'none') return [{ bytes: message, at: 0 }];
  const withHmac = entry.tag?.startsWith('hmac');
  return through(
    message,
    (bytes) => replay(stepsOf(new Message(bytes, withHmac), entry.fault, entry as unknown as Detail)),
    inCommon,
  );
}

/** A message as the server took it, of which the capture may lack some bytes: tag and line ending the entry tells. */
export function takenMessage({ length, tag }: MessageEntry, { bytes, known }: Pattern): Pattern {
  if (!known) return { bytes, known };
  const end = Buffer.from(tag === undefined ? '' : `|${tag}`);
  const ending = ENDINGS[bytes.length - length - end.length] ?? ENDINGS[0]!;
  return withKnown({ bytes, known }, length, Buffer.concat([end, ending]));
}

/** Line endings that a message may have: of no bytes, of one and of two. */
export const ENDINGS = ['', '\n', '\r\n'].map((ending) => Buffer.from(ending));

/** When the last of it leaves at the latest, in seconds from the decision. */
export function latestOf(pieces: readonly Pick<Piece, 'at' | 'isHeld'>[]): number {
  return (pieces.at(-1)?.at ?? 0) + (pieces.some(({ isHeld }) => isHeld) ? HELD : 0);
}

/** What steps leave on the wire, and when. */
function replay(steps: readonly Step[] | undefined): Expected | undefined {
  if (!steps) return undefined;
  const pieces: Piece[] = [];
  let at = 0;
  for (const step of steps) {
    if (step.do === 'wait') at += Number.isFinite(step.milliseconds) ? step.milliseconds / 1000 : 0;
    else if (step.do === 'reset') pieces.push({ at });
    else pieces.push({ bytes: step, at, isHeld: step.do === 'send-after-next' });
  }
  return pieces;
}

/** What two answers have in common. Where they are of other pieces, only how long those of the first are is known. */
function inCommon(one: Expected | undefined, other: Expected | undefined): Expected | undefined {
  return one?.map((piece, at) => {
    if (!piece.bytes) return piece;
    const others = other?.length === one.length ? other[at]!.bytes : undefined;
    return {
      ...piece,
      bytes: others ? common(piece.bytes.bytes, others.bytes) : unknown(piece.bytes.bytes.length),
    };
  });
}
