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

/** Gives a text its colour or weight on a terminal. */
export type Paint = (style: Style, text: string) => string;

export function createPaint(color: boolean): Paint {
  if (!color) return (_, text) => text;
  return (style, text) =>
    style === 'other' || text === '' ? text : styleText(styles[style], text, { validateStream: false });
}

/** What of a line that was painted is paint: at an even place is what was painted. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const PAINT = /(\x1b\[\d{1,2}m)/;

/** A line that was painted, fit for a terminal. */
export function safePainted(line: string): string {
  return line
    .split(PAINT)
    .map((part, index) => (index % 2 === 0 ? safeLines(part) : part))
    .join('');
}
