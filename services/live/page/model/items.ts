import type { LivePacket } from '../../contract.ts';
import type { PrintedLine } from './lines.ts';

/** A row of the ladder. */
export type Item =
  | {
      readonly kind: 'packet';
      readonly key: number;
      readonly packet: LivePacket;
      readonly gap: number | undefined;
    }
  | { readonly kind: 'line'; readonly key: number; readonly line: PrintedLine }
  | { readonly kind: 'omitted'; readonly key: number; readonly count: number };

export interface Omission {
  readonly count: number;
  /** The packets around it. */
  readonly after: number;
  readonly before: number;
}

const KINDS = ['packet', 'line', 'omitted'] as const;

/** A number for each row: thousands of them are looked up with each frame of the screen. */
export function keyOf(kind: Item['kind'], number: number): number {
  return KINDS.length * number + KINDS.indexOf(kind);
}

/** Packets, printed lines and what is left out between them, in the order of their times. */
export function itemsOf(
  packets: readonly LivePacket[],
  lines: readonly PrintedLine[],
  omissions: readonly Omission[],
): Item[] {
  const items: Item[] = [];
  const left = new Map<number, number>();
  for (const { after, count } of omissions) left.set(after, count + (left.get(after) ?? 0));
  let next = 0;
  let previous: LivePacket | undefined;
  const addLines = (until: number) => {
    for (let line = lines[next]; line && line.time < until; line = lines[next]) {
      items.push({ kind: 'line', key: keyOf('line', line.number), line });
      next += 1;
    }
  };
  for (const packet of packets) {
    addLines(packet.time);
    const gap = previous && packet.time - previous.time;
    items.push({ kind: 'packet', key: keyOf('packet', packet.id), packet, gap });
    const count = left.get(packet.id);
    if (count !== undefined) items.push({ kind: 'omitted', key: keyOf('omitted', packet.id), count });
    previous = packet;
  }
  addLines(Number.POSITIVE_INFINITY);
  return items;
}

/** A longer time without a packet is shown as a wait, in seconds. */
export const WAIT = 0.1;
/** The least time that makes a difference, in seconds. */
const INSTANT = 1e-5;

/** The space above a packet, from 0 to 1: it grows with the logarithm of the time that passed. */
export function spaceOf(gap: number | undefined): number {
  if (gap === undefined) return 0;
  const tenfolds = Math.log10(Math.max(gap, INSTANT) / INSTANT) / Math.log10(WAIT / INSTANT);
  return Math.min(1, tenfolds);
}
