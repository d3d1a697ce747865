import type { DatagramEntry, MessageEntry } from '#lib/journal/schema.ts';
import { HMAC_BYTES } from '#lib/message/hmac.ts';
import { HEADER_BYTES } from '#lib/transfer/datagram.ts';
import { ENDINGS, type Expected, expectedAnswer, type Piece } from './expected.ts';
import { agree, joinPatterns, type Pattern, unknown, withKnown } from './pattern.ts';
import type { Datagram } from './untaken.ts';

/** A datagram that leaves: the bytes that it may have, and when. */
export interface Leaving extends Omit<Piece, 'bytes'> {
  readonly forms: readonly Pattern[];
  /** Its CRC, where the journal has that. */
  readonly crc?: string | undefined;
}

/** Those that leave for a message. Of one that the capture has not got, the entry tells length and tag. */
export function answersTo(entry: MessageEntry, message: Buffer | undefined): Leaving[] | undefined {
  return message
    ? oneOf([expectedAnswer(entry, { bytes: message })])
    : oneOf(ENDINGS.map((ending) => expectedAnswer(entry, unseenMessage(entry, ending))));
}

/** The message of an entry, of which the capture has nothing. */
function unseenMessage({ length, tag }: MessageEntry, ending: Buffer): Pattern {
  const end = tag === undefined ? ending : Buffer.concat([Buffer.from(`|${tag}`), ending]);
  return joinPatterns([unknown(length), { bytes: end }]);
}

/**
 * Those that leave in place of a datagram of a transfer, of which the journal has most of the header.
 *
 * @param hmacBytes bytes of the HMAC that datagrams of that flow have, of which the journal says nothing; undefined
 *   where the client's are not there to tell
 */
export function inPlaceOf(entry: DatagramEntry, hmacBytes: number | undefined): Leaving[] | undefined {
  const lengths = hmacBytes === undefined ? [0, HMAC_BYTES] : [hmacBytes];
  const all = oneOf(lengths.flatMap((length) => expectedOf(entry, length)));
  const [first] = all ?? [];
  return all?.map((one) => (one === first || isCopyOf(first!, one) ? { ...one, crc: entry.crc } : one));
}

/** Whether a datagram is the same as the first; of a few bytes of which nothing is known nobody can say. */
function isCopyOf(first: Leaving, { forms }: Leaving): boolean {
  const [one, other] = [first.forms[0]!.bytes, forms[0]!.bytes];
  return one.length >= HEADER_BYTES && one.equals(other);
}

/** What leaves for each line ending that the datagram may have. */
function expectedOf(entry: DatagramEntry, hmacBytes: number): (Expected | undefined)[] {
  const whole = joinPatterns([headerOf(entry), unknown(entry.length + hmacBytes)]);
  // How it ends matters to faults only, and is known of one without payload.
  const isOneWay = entry.fault === 'none' || entry.length + hmacBytes === 0;
  const ends = isOneWay ? ENDINGS.slice(0, 1) : ENDINGS;
  return ends.map((ending) =>
    expectedAnswer(entry, withKnown(whole, whole.bytes.length - ending.length, ending)),
  );
}

/** Whether a datagram is the one that was to leave. */
export function isOne({ forms, crc }: Leaving, datagram: Pick<Datagram, 'bytes' | 'crc'>): boolean {
  const { bytes } = datagram;
  if (crc !== undefined && crc !== datagram.crc) return false;
  return forms.some((form) => form.bytes.length === bytes.length && agree(form, { bytes }));
}

/** The datagrams that several ways to read a message have in common; undefined when nothing is known of their fault. */
function oneOf(all: readonly (Expected | undefined)[]): Leaving[] | undefined {
  // Over UDP nothing can be reset.
  const known = all.flatMap((one) => (one ? [one.filter(({ bytes }) => bytes)] : []));
  if (known.length < all.length) return undefined;
  const count = Math.min(...known.map(({ length }) => length));
  return known[0]!.slice(0, count).map((piece, at) => ({
    at: piece.at,
    isHeld: piece.isHeld ?? false,
    forms: known.flatMap((one) => one[at]!.bytes ?? []),
  }));
}

/** The header of a datagram, as far as the journal has it. */
function headerOf({ kind, transfer, sequence, ack, length, tag }: DatagramEntry): Pattern {
  const isNumbered = kind !== 'ABORT';
  const number = (value = 0, places = 5) =>
    isNumbered ? String(value).padStart(places, '0') : '?'.repeat(places);
  const header =
    `wirelab/1 ${(kind ?? '').padEnd(5)} id=${transfer} ??? s=${number(sequence)} a=${number(ack)} ` +
    `w=????  l=${String(length).padStart(4, '0')}  tag=${tag}   \n`;
  const bytes = Buffer.from(header.padEnd(HEADER_BYTES).slice(0, HEADER_BYTES), 'latin1');
  return { bytes, known: Buffer.from(bytes.map((byte) => (byte === UNKNOWN ? 0 : 1))) };
}

const UNKNOWN = '?'.charCodeAt(0);
