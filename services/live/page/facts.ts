import type { Comment, LivePacket } from '../contract.ts';
import type { App } from './app.ts';
import { gistOf } from './model/kind.ts';

type Words = Pick<App, 'texts' | 'figures'>;

/** Numbers of a packet in a row, as Wireshark names them: `seq 1 · ack 11 · len 10`. */
export function factsOf({ tcp, payload, length }: LivePacket, { figures }: Words): string {
  if (!tcp) return figures.bytes(payload > 0 ? payload : length);
  const numbers = [`seq ${tcp.sequence}`];
  if (tcp.flags.includes('ACK')) numbers.push(`ack ${tcp.ack}`);
  return [...numbers, `len ${payload}`].join(' · ');
}

/** `client → server`. */
export function wayOf({ direction, from, to }: LivePacket, { texts }: Words): string {
  if (direction === 'up') return texts.facts.up;
  return direction === 'down' ? texts.facts.down : `${from} → ${to}`;
}

/** What became of a packet, in words. */
export function fateOf({ fate, time, arrived }: LivePacket, { texts, figures }: Words): string {
  const took = arrived === undefined ? undefined : figures.duration(Math.max(0, arrived - time));
  return texts.fate[fate](took);
}

/** A packet in a sentence, for a screen reader. */
export function sentenceOf(packet: LivePacket, words: Words): string {
  const { title } = gistOf(packet);
  const parts = [
    words.texts.facts.packet(packet.id),
    wayOf(packet, words),
    `${packet.protocol} ${title}`,
    factsOf(packet, words),
    fateOf(packet, words),
    packet.isTrouble && words.texts.facts.trouble,
    ...packet.comments.map((comment) => commentOf(comment, words)),
    packet.exposes.length > 0 && words.texts.facts.exposes(packet.exposes.join(', ')),
  ];
  return parts.filter((part) => part !== false && part !== '').join(', ');
}

/** A sentence of a journal with its verdict. */
export function commentOf({ from, text, verdict }: Comment, { texts }: Words): string {
  return `${from}: ${text} (${texts.verdicts[verdict]})`;
}
