import { Message } from '#common/message.ts';
import { decodeDatagram, HEADER_BYTES, tagAsSent } from '#common/transfer/datagram.ts';
import type { DatagramEntry, MessageEntry } from '../entries.ts';
import { DRIPPED, type Expected, refusalLine, textLengthOf } from './expected.ts';

/** Tells a datagram that leaves by its octets. */
export type Tells = (bytes: Buffer) => boolean;

/** Those that leave for a message, each by all its octets. */
export function byOctets({ pieces }: Expected): Tells[] {
  return pieces.map((piece) => (bytes) => bytes.equals(piece.bytes));
}

/** Whether a datagram is the message of an entry, by its length and its tag, which may be an HMAC. */
export function isMessageOf({ length, tag }: MessageEntry, bytes: Buffer): boolean {
  const message = new Message(bytes, tag?.startsWith('hmac'));
  return message.bodyLength === length && message.tag === tag;
}

/** What leaves for a message that the capture has not got, as far as the entry tells. */
export function byEntry(entry: MessageEntry): Tells[] {
  const { fault, loss, kept = 0, reason } = entry;
  if (loss === 'silent') return [];
  if (loss) return [(bytes) => /^(error_code|Packet Loss)$/.test(bytes.toString('latin1'))];
  if (fault === 'refused') return byOctets({ pieces: [{ bytes: refusalLine(reason) }], delay: 0 });
  if (fault === 'truncate') return [(bytes) => bytes.length >= kept && bytes.length <= kept + 2];
  if (fault === 'drip') {
    const drops = Math.min(textLengthOf(entry), DRIPPED);
    return Array.from({ length: drops }, () => (bytes) => bytes.length === 1);
  }
  const whole: Tells = (bytes) => isMessageOf(entry, bytes);
  return fault === 'duplicate' ? [whole, whole] : [whole];
}

/**
 * Those that leave in place of a datagram of a transfer, of which the journal has most of the header.
 *
 * @param hmacBytes octets of the HMAC that datagrams of that flow have, of which the journal says nothing
 */
export function byHeader(entry: DatagramEntry, hmacBytes: number): Tells[] {
  const { fault, tag, offset = 0, before, after, kept = 0, length } = entry;
  const header = headerOf(entry);
  const size = HEADER_BYTES + length + hmacBytes;
  const whole: Tells = (bytes) =>
    tagAsSent(bytes) === tag && decodeDatagram(bytes)?.payload.length === length;
  switch (fault) {
    case 'loss':
      return [];
    case 'duplicate':
      return [whole, whole];
    case 'corruption':
      return [
        (bytes) => {
          if (bytes.length < HEADER_BYTES + length || bytes[offset] !== Number(after)) return false;
          const restored = Buffer.from(bytes);
          restored[offset] = Number(before);
          return whole(restored);
        },
      ];
    case 'truncate':
      // Behind what is kept its line ending follows, if it has one.
      return [(bytes) => bytes.length >= kept && bytes.length <= kept + 2 && isAlike(bytes, header, kept)];
    case 'drip':
      return drops(size, header);
    default:
      return [whole];
  }
}

/** The header of a datagram, with `?` for what the journal does not say. */
function headerOf({ kind = '', transfer, sequence, ack, length, tag }: DatagramEntry): string {
  const isNumbered = kind !== 'ABORT';
  const number = (value = 0, places = 5) =>
    isNumbered ? String(value).padStart(places, '0') : '?'.repeat(places);
  return (
    `wirelab/1 ${kind.padEnd(5)} id=${transfer} ??? s=${number(sequence)} a=${number(ack)} ` +
    `w=????  l=${String(length).padStart(4, '0')}  tag=${tag}   \n`
  );
}

/** Whether the first octets are those of a header. */
function isAlike(bytes: ArrayLike<number>, header: string, count: number): boolean {
  for (let at = 0; at < Math.min(count, header.length); at += 1) {
    if (header[at] !== '?' && bytes[at] !== header.charCodeAt(at)) return false;
  }
  return true;
}

function drops(size: number, header: string): Tells[] {
  const single = Array.from({ length: Math.min(size, DRIPPED) }, (_, at): Tells => {
    return (bytes) => bytes.length === 1 && isAlike(bytes, header.slice(at), 1);
  });
  return size > DRIPPED ? [...single, (bytes) => bytes.length === size - DRIPPED] : single;
}
