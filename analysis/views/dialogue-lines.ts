import { isText, readable } from '#lib/text/readable.ts';
import type { Conversation, Turn } from './dialogue.ts';
import { moreBytes } from './hex.ts';
import type { Paint } from './paint.ts';

/** Width of the seconds before the point with it, and of the frame number. */
const SECONDS = 5;
const FRAME = 5;
/** How much is shown of what is no text, in bytes, unless all is. */
const BINARY = 24;

export interface DialogueLook {
  readonly paint: Paint;
  /** How many bytes of a turn are shown. */
  readonly bytes: number;
  /** How many digits of a second. */
  readonly digits: number;
  /** What is known of a frame. */
  readonly noteOf: (frame: number) => string | undefined;
}

/** A conversation as a dialogue: who said what, when and in which frame. */
export function dialogueLines(conversation: Conversation, look: DialogueLook): string[] {
  const { transport, client, server, began, frames, turns } = conversation;
  const count = frames === 1 ? '1 frame' : `${frames} frames`;
  const head = `${transport.toUpperCase()} ${client} → ${server}, ${count}, from ${began.toFixed(look.digits)}`;
  const lines = turns.flatMap((turn) => turnLines(turn, look));
  return [
    look.paint('heading', head),
    ...(lines.length === 0 ? [`${indentOf(look)}nothing was said`] : lines),
  ];
}

/** The indent of a line below what was said. */
function indentOf({ digits }: DialogueLook): string {
  return ' '.repeat(SECONDS + digits + FRAME + 13);
}

function turnLines(turn: Turn, look: DialogueLook): string[] {
  const { paint, bytes, digits, noteOf } = look;
  const indent = indentOf(look);
  const { act, frame, length, missing, sealed, speaker, time } = turn;
  const shown = isText(turn.bytes) ? bytes : bytes === Number.POSITIVE_INFINITY ? bytes : BINARY;
  const style = speaker === 'client' ? 'request' : 'answer';
  const [first = '', ...others] = act === 'says' ? textLines(turn, shown) : [`(${act} the connection)`];
  const more = sealed === 'shut' ? undefined : moreBytes(length, shown);
  const says = sealed === 'open' ? `${speaker}, decrypted` : speaker;
  const note = noteOf(frame);
  const label = `${time.toFixed(digits).padStart(SECONDS + digits)}  frame ${String(frame).padEnd(FRAME)}`;
  return [
    ...(missing > 0 ? [`${indent}… ${missing} bytes are not among these frames`] : []),
    `${label}  ${paint(style, `${says}: ${first}`)}`.trimEnd(),
    ...others.map((line) => `${indent}${' '.repeat(8)}${paint(style, line)}`),
    ...(more === undefined ? [] : [indent + more]),
    ...(note === undefined ? [] : note.split('\n').map((line) => indent + paint('note', line))),
  ];
}

/** A line for each line of what was said, with the ends of lines as escapes. What is no text has one line. */
function textLines({ bytes, length, sealed }: Turn, shown: number): string[] {
  if (sealed === 'shut') return [`(TLS, ${length} bytes)`];
  const text = readable(bytes.subarray(0, shown));
  return isText(bytes) ? text.split(/(?<=\\n)(?=.)/) : [text];
}
