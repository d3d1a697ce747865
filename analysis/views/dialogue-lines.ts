import { isText, readable } from '#lib/text/readable.ts';
import type { Conversation, Turn } from './dialogue.ts';
import { moreBytes } from './hex.ts';
import type { Paint } from './paint.ts';

/** Width of the whole seconds with their point, and of the frame number. */
const SECONDS = 5;
const FRAME = 5;
/** How many bytes of binary data are shown, unless all are. */
const BINARY = 24;

export interface DialogueLook {
  readonly paint: Paint;
  /** How many bytes of a turn are shown, at most. */
  readonly bytes: number;
  /** Digits after the point of a second. */
  readonly digits: number;
  /** The note on a frame. */
  readonly noteOf: (frame: number) => string | undefined;
}

/** The lines of a dialogue: who sent what, when, and in which frame. */
export function dialogueLines(conversation: Conversation, look: DialogueLook): string[] {
  const { transport, client, server, began, frames, turns } = conversation;
  const count = frames === 1 ? '1 frame' : `${frames} frames`;
  const head = `${transport.toUpperCase()} ${client} → ${server}, ${count}, from ${began.toFixed(look.digits)}`;
  const lines = turns.flatMap((turn) => turnLines(turn, look));
  return [look.paint('heading', head), ...(lines.length === 0 ? [`${indentOf(look)}no data`] : lines)];
}

/** The indent of lines below a turn. */
function indentOf({ digits }: DialogueLook): string {
  return ' '.repeat(SECONDS + digits + FRAME + 13);
}

function turnLines(turn: Turn, look: DialogueLook): string[] {
  const { paint, bytes, digits, noteOf } = look;
  const indent = indentOf(look);
  const { act, frame, length, missing, tls, speaker, time } = turn;
  const isWhole = bytes === Number.POSITIVE_INFINITY || isText(turn.bytes);
  const shown = isWhole ? bytes : Math.min(bytes, BINARY);
  const style = speaker === 'client' ? 'request' : 'answer';
  const [first = '', ...others] = act === 'sends' ? textLines(turn, shown) : [`(${act} the connection)`];
  const more = tls === 'encrypted' ? undefined : moreBytes(length, shown);
  const from = tls === 'decrypted' ? `${speaker}, decrypted` : speaker;
  const note = noteOf(frame);
  const label = `${time.toFixed(digits).padStart(SECONDS + digits)}  frame ${String(frame).padEnd(FRAME)}`;
  return [
    ...(missing > 0 ? [`${indent}… ${missing} bytes are not among these frames`] : []),
    `${label}  ${paint(style, `${from}: ${first}`)}`.trimEnd(),
    ...others.map((line) => `${indent}${' '.repeat(8)}${paint(style, line)}`),
    ...(more === undefined ? [] : [indent + more]),
    ...(note === undefined ? [] : note.split('\n').map((line) => indent + paint('note', line))),
  ];
}

/** One output line per line of text, with escaped line ends. Binary data is one line. */
function textLines({ bytes, length, tls }: Turn, shown: number): string[] {
  const size = length === 1 ? '1 byte' : `${length} bytes`;
  if (tls === 'encrypted') return [`(TLS, ${size})`];
  if (shown === 0) return [`(${size})`];
  const text = readable(bytes.subarray(0, shown));
  return isText(bytes) ? text.split(/(?<=\\n)(?=.)/) : [text];
}
