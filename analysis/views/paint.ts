import { styleText } from 'node:util';
import { safeLines } from '#lib/text/readable.ts';
import type { PacketKind } from './packet.ts';

const styles = {
  request: 'cyan',
  answer: 'green',
  control: 'dim',
  trouble: 'red',
  other: 'reset',
  heading: 'bold',
  readable: 'bold',
  unreadable: 'dim',
  note: 'yellow',
} as const satisfies Readonly<Record<PacketKind, string>> & Readonly<Record<string, string>>;
export type Style = keyof typeof styles;

/** Adds colour or weight to a text, for a terminal. */
export type Paint = (style: Style, text: string) => string;

export function createPaint(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (style, text) =>
    style === 'other' || text === '' ? text : styleText(styles[style], text, { validateStream: false });
}

/** Splits a painted line; even parts are the text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it looks for them
const PAINT = /(\x1b\[\d{1,2}m)/;

/** A painted line that is safe for a terminal. */
export function safePainted(line: string): string {
  return line
    .split(PAINT)
    .map((part, index) => (index % 2 === 0 ? safeLines(part) : part))
    .join('');
}
