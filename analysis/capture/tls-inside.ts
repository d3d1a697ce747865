import type { Speaker } from './connections.ts';
import type { Values } from './fields.ts';
import { ACK, FIN, type Sealed, SYN } from './frames.ts';
import type { Carried } from './packet.ts';

/** What is read of TLS, beside what every packet has, to tell what is inside. */
export const tlsFields = ['recordTypes', 'recordLengths', 'handshakes', 'data'] as const;

export type TlsTold = Values<(typeof tlsFields)[number]>;

/** What a connection over TLS says inside of it, as if TCP carried that. */
export interface Unsealed {
  readonly payload: Buffer;
  /** Bytes of what is inside, counted from the sequence number of the SYN. */
  readonly seq: number;
  readonly ack: number;
  readonly sealed: Sealed | undefined;
  readonly hasAlert: boolean;
}

/** Types of records (RFC 8446, 5.1). */
export const APPLICATION_DATA = '23';
const ALERT = '21';
/** Of a handshake message. */
const FINISHED = '20';
const EMPTY = Buffer.alloc(0);

/** What one side has said. */
interface Side {
  /** The number of its next byte. */
  next: number;
  /** The other side has everything before this number. */
  acknowledged: number;
  /** What was its next number after which number of TCP, as far as that is not acknowledged yet. */
  readonly sent: { readonly end: number; readonly next: number }[];
  /** The number of its FIN. */
  fin: number | undefined;
  /** Its handshake could be read to its end. */
  isReadable: boolean;
}

/**
 * Follows a connection over TLS, and numbers the bytes inside of it as TCP would: records, tickets and alerts have bytes
 * of their own, by which no message can be found again.
 */
export class TlsInside {
  readonly #hasKeys: boolean;
  readonly #sides: Readonly<Record<Speaker, Side>> = { client: newSide(), server: newSide() };

  constructor(hasKeys: boolean) {
    this.#hasKeys = hasKeys;
  }

  /**
   * @param isTls whether something of the connection was TLS so far
   * @param told undefined where it is not read, as there are no keys
   */
  take(segment: Carried, isTls: boolean, told: Partial<TlsTold> = {}): Unsealed {
    const { toServer, seq, ack, flags, payload } = segment;
    const { client, server } = this.#sides;
    const [own, other] = toServer ? [client, server] : [server, client];
    const { recordTypes: types = [], recordLengths: lengths = [], handshakes = [], data = EMPTY } = told;
    if (flags & SYN) begin(own, (seq + 1) >>> 0);
    else if (Number.isNaN(own.next)) begin(own, seq);
    if (flags & ACK) acknowledge(other, ack);
    if (handshakes.includes(FINISHED)) own.isReadable = true;
    const sealed = this.#sealed({ payload, types, lengths, data }, isTls, own);
    const first = flags & SYN ? seq : (own.fin ?? own.next);
    count(own, segment, sealed === 'open' ? data.length : 0);
    return {
      // Whoever speaks no TLS is not answered; what it says is there for anybody, and has the numbers of TCP.
      payload: sealed === undefined ? payload : sealed === 'open' ? data : EMPTY,
      seq: sealed === undefined ? seq : first,
      ack: flags & ACK ? other.acknowledged : 0,
      sealed,
      hasAlert: types.includes(ALERT) || payload[0] === Number(ALERT),
    };
  }

  #sealed(
    { payload, types, lengths, data }: Records,
    isTls: boolean,
    { isReadable }: Side,
  ): Sealed | undefined {
    if (payload.length === 0) return 'open';
    if (!isTls) return undefined;
    // Of TLS 1.3 what can't be read has no type; of TLS 1.2 it has one.
    const isUnread = types.length < lengths.length;
    const isUnreadData = types.includes(APPLICATION_DATA) && (!isReadable || data.length === 0);
    return !this.#hasKeys || isUnread || isUnreadData ? 'shut' : 'open';
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

/** Counts what a side has said with a segment; a FIN counts as a byte. */
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
