import type { Detail, Step } from '#lib/faults/echo/fault.ts';
import { stepsOf } from '#lib/faults/echo/replay.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import { Message } from '#lib/message/message.ts';
import { common, type Pattern, through, unknown, withKnown } from './pattern.ts';
import { HELD } from './times.ts';

/** Bytes that are sent at once; on UDP one datagram. */
export interface Piece {
  /** Undefined is an RST that ends the connection. */
  readonly bytes?: Pattern;
  /** The earliest time of sending, in seconds from the decision. */
  readonly at: number;
  /** It is sent after the next answer to the same client, or a second later without one. */
  readonly isHeld?: boolean;
}

/** Everything that is sent for a message if its entry is true, in order. */
export type Expected = readonly Piece[];

/**
 * What the server sent: its own fault code, run on the captured bytes with the details in the journal. Undefined for a
 * fault that this version does not know.
 *
 * @param message as the server read it
 */
export function expectedAnswer(entry: MessageEntry, message: Pattern): Expected | undefined {
  // The most frequent case, without running anything.
  if (entry.fault === 'none') return [{ bytes: message, at: 0 }];
  const withHmac = entry.tag?.startsWith('hmac');
  return through(
    message,
    (bytes) => replay(stepsOf(new Message(bytes, withHmac), entry.fault, entry as unknown as Detail)),
    inCommon,
  );
}

/** A message as the server read it. Where the capture lacks bytes, the entry gives its tag and line ending. */
export function takenMessage({ length, tag }: MessageEntry, { bytes, known }: Pattern): Pattern {
  if (!known) return { bytes, known };
  const end = Buffer.from(tag === undefined ? '' : `|${tag}`);
  const ending = ENDINGS[bytes.length - length - end.length] ?? ENDINGS[0]!;
  return withKnown({ bytes, known }, length, Buffer.concat([end, ending]));
}

/** Line endings that a message may have, by their length in bytes. */
export const ENDINGS = ['', '\n', '\r\n'].map((ending) => Buffer.from(ending));

/** The latest time of sending the last piece, in seconds from the decision. */
export function latestOf(pieces: readonly Pick<Piece, 'at' | 'isHeld'>[]): number {
  return (pieces.at(-1)?.at ?? 0) + (pieces.some(({ isHeld }) => isHeld) ? HELD : 0);
}

/** What a list of steps sends, and when. */
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

/** What two answers have in common. If their pieces differ in number, only the lengths of the first are known. */
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
