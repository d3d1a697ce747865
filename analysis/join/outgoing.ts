import type { DatagramEntry, MessageEntry } from '#lib/journal/schema.ts';
import { HMAC_BYTES } from '#lib/message/hmac.ts';
import { HEADER_BYTES } from '#lib/transfer/datagram.ts';
import { ENDINGS, type Expected, expectedAnswer, type Piece } from './expected.ts';
import { agree, joinPatterns, type Pattern, unknown, withKnown } from './pattern.ts';
import type { Datagram } from './unmatched-datagrams.ts';

/** A datagram that the server must send: the bytes that it may have, and when. */
export interface Outgoing extends Omit<Piece, 'bytes'> {
  readonly forms: readonly Pattern[];
  /** Its CRC, if the journal has it. */
  readonly crc?: string | undefined;
}

/** The datagrams that answer a message. If the capture lacks the message, the entry gives its length and tag. */
export function answersTo(entry: MessageEntry, message: Buffer | undefined): Outgoing[] | undefined {
  return message
    ? oneOf([expectedAnswer(entry, { bytes: message })])
    : oneOf(ENDINGS.map((ending) => expectedAnswer(entry, unseenMessage(entry, ending))));
}

/** The message of an entry that the capture lacks. */
function unseenMessage({ length, tag }: MessageEntry, ending: Buffer): Pattern {
  const end = tag === undefined ? ending : Buffer.concat([Buffer.from(`|${tag}`), ending]);
  return joinPatterns([unknown(length), { bytes: end }]);
}

/**
 * The datagrams that a fault sends in place of a datagram of a transfer. The journal has most of its header.
 *
 * @param hmacBytes length of the HMAC in this flow, which the journal does not have; undefined if it is unknown
 */
export function inPlaceOf(entry: DatagramEntry, hmacBytes: number | undefined): Outgoing[] | undefined {
  const lengths = hmacBytes === undefined ? [0, HMAC_BYTES] : [hmacBytes];
  const all = oneOf(lengths.flatMap((length) => expectedOf(entry, length)));
  const [first] = all ?? [];
  return all?.map((one) => (one === first || isCopyOf(first!, one) ? { ...one, crc: entry.crc } : one));
}

/** Whether a datagram repeats the first. A short piece has too few known bytes to tell. */
function isCopyOf(first: Outgoing, { forms }: Outgoing): boolean {
  const [one, other] = [first.forms[0]!.bytes, forms[0]!.bytes];
  return one.length >= HEADER_BYTES && one.equals(other);
}

/** What is sent for each line ending that the datagram may have. */
function expectedOf(entry: DatagramEntry, hmacBytes: number): (Expected | undefined)[] {
  const whole = joinPatterns([headerOf(entry), unknown(entry.length + hmacBytes)]);
  // The ending matters to faults only, and a datagram without payload has none.
  const hasOneEnding = entry.fault === 'none' || entry.length + hmacBytes === 0;
  const ends = hasOneEnding ? ENDINGS.slice(0, 1) : ENDINGS;
  return ends.map((ending) =>
    expectedAnswer(entry, withKnown(whole, whole.bytes.length - ending.length, ending)),
  );
}

/** Whether a datagram is the expected one. */
export function isOne({ forms, crc }: Outgoing, datagram: Pick<Datagram, 'bytes' | 'crc'>): boolean {
  const { bytes } = datagram;
  if (crc !== undefined && crc !== datagram.crc) return false;
  return forms.some((form) => form.bytes.length === bytes.length && agree(form, { bytes }));
}

/** Merges the datagrams that follow from several readings of a message; undefined for an unknown fault. */
function oneOf(all: readonly (Expected | undefined)[]): Outgoing[] | undefined {
  // UDP has no reset.
  const known = all.flatMap((one) => (one ? [one.filter(({ bytes }) => bytes)] : []));
  if (known.length < all.length) return undefined;
  const count = Math.min(...known.map(({ length }) => length));
  return known[0]!.slice(0, count).map((piece, at) => ({
    at: piece.at,
    isHeld: piece.isHeld ?? false,
    forms: known.flatMap((one) => one[at]!.bytes ?? []),
  }));
}

/** The header of a datagram as far as the journal has it. */
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
