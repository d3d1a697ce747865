import type { Speaker } from './connections.ts';
import type { Values } from './fields.ts';
import { ACK, FIN, SYN, type TlsState } from './frames.ts';
import type { Carried } from './packet.ts';

/** The additional fields that decryption needs. */
export const tlsFields = ['recordTypes', 'recordLengths', 'handshakes', 'data'] as const;

export type TlsValues = Values<(typeof tlsFields)[number]>;

/** The decrypted part of a TLS segment, with numbers as if TCP carried it. */
export interface Inside {
  readonly payload: Buffer;
  /** Counted in decrypted bytes, from the sequence number of the SYN. */
  readonly seq: number;
  readonly ack: number;
  readonly tls: TlsState | undefined;
  readonly hasAlert: boolean;
}

/** Types of records (RFC 8446, 5.1). */
export const APPLICATION_DATA = '23';
const ALERT = '21';
/** Type of a handshake message. */
const FINISHED = '20';
const EMPTY = Buffer.alloc(0);

/** The decrypted stream of one side. */
interface Side {
  /** The number of its next byte. */
  next: number;
  /** The other side has acknowledged the bytes before this number. */
  acknowledged: number;
  /** The next number after each TCP sequence number that is not acknowledged yet. */
  readonly sent: { readonly end: number; readonly next: number }[];
  /** The number of its FIN. */
  fin: number | undefined;
  /** Its handshake was decrypted to its end. */
  isReadable: boolean;
}

/**
 * Follows a TLS connection, and numbers the decrypted bytes as TCP would. The bytes of records, tickets and alerts do not
 * count.
 */
export class TlsInside {
  readonly #hasKeys: boolean;
  readonly #sides: Readonly<Record<Speaker, Side>> = { client: newSide(), server: newSide() };

  constructor(hasKeys: boolean) {
    this.#hasKeys = hasKeys;
  }

  /**
   * @param isTls whether a segment of the connection was TLS so far
   * @param values undefined without keys, as they are not read then
   */
  take(segment: Carried, isTls: boolean, values: Partial<TlsValues> = {}): Inside {
    const { toServer, seq, ack, flags, payload } = segment;
    const { client, server } = this.#sides;
    const [own, other] = toServer ? [client, server] : [server, client];
    const { recordTypes: types = [], recordLengths: lengths = [], handshakes = [], data = EMPTY } = values;
    if (flags & SYN) begin(own, (seq + 1) >>> 0);
    else if (Number.isNaN(own.next)) begin(own, seq);
    if (flags & ACK) acknowledge(other, ack);
    if (handshakes.includes(FINISHED)) own.isReadable = true;
    const tls = this.#stateOf({ payload, types, lengths, data }, isTls, own);
    const first = flags & SYN ? seq : (own.fin ?? own.next);
    count(own, segment, tls === 'decrypted' ? data.length : 0);
    return {
      // Plain text on a TLS port keeps TCP's own numbers. The server does not answer it.
      payload: tls === undefined ? payload : tls === 'decrypted' ? data : EMPTY,
      seq: tls === undefined ? seq : first,
      ack: flags & ACK ? other.acknowledged : 0,
      tls,
      hasAlert: types.includes(ALERT) || payload[0] === Number(ALERT),
    };
  }

  #stateOf(
    { payload, types, lengths, data }: Records,
    isTls: boolean,
    { isReadable }: Side,
  ): TlsState | undefined {
    if (payload.length === 0) return 'decrypted';
    if (!isTls) return undefined;
    // An undecrypted record has no type in TLS 1.3; in TLS 1.2 it has one.
    const isUnread = types.length < lengths.length;
    const isUnreadData = types.includes(APPLICATION_DATA) && (!isReadable || data.length === 0);
    return !this.#hasKeys || isUnread || isUnreadData ? 'encrypted' : 'decrypted';
  }
}

interface Records {
  readonly payload: Buffer;
  readonly types: readonly string[];
  readonly lengths: readonly string[];
  readonly data: Buffer;
}

function newSide(): Side {
  return { next: Number.NaN, acknowledged: Number.NaN, sent: [], fin: undefined, isReadable: false };
}

function begin(side: Side, number: number): void {
  side.next = number;
  side.acknowledged = number;
}

function acknowledge(side: Side, ack: number): void {
  while (side.sent[0] && ((ack - side.sent[0].end) | 0) >= 0) side.acknowledged = side.sent.shift()!.next;
}

/** Counts the decrypted bytes of a segment; a FIN counts as a byte. */
function count(side: Side, { seq, flags, payload }: Carried, bytes: number): void {
  const isFin = (flags & FIN) !== 0 && side.fin === undefined;
  if (bytes === 0 && !isFin) return;
  side.next = (side.next + bytes) >>> 0;
  if (isFin) {
    side.fin = side.next;
    side.next = (side.next + 1) >>> 0;
  }
  side.sent.push({ end: (seq + payload.length + (isFin ? 1 : 0)) >>> 0, next: side.next });
}
