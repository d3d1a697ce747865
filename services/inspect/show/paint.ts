import { styleText } from 'node:util';
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
