import { isTls } from '#lib/tls/record.ts';
import { ACK, FIN, type Sealed, SYN } from './frames.ts';
import { OpenConnections, type Segment } from './open-connections.ts';
import { APPLICATION_DATA } from './tshark.ts';

/** A TCP segment on a port of TLS, as tshark tells it. */
export interface TlsSegment extends Segment {
  readonly ack: number;
  /** What TCP carries. */
  readonly payload: Buffer;
  /** Content types of the records that are complete with it, as far as they could be read: 23 is application data. */
  readonly types: readonly string[];
  /** Their lengths, all of them. */
  readonly lengths: readonly string[];
  /** Types of the handshake messages in them. */
  readonly handshakes: readonly string[];
  /** What was decrypted; undefined where only the lengths are asked for. */
  readonly opened: Buffer | undefined;
}

/** What a connection over TLS says inside of it, as if TCP carried that. */
export interface Unsealed {
  readonly payload: Buffer;
  /** Octets of what is inside, counted from the sequence number of the SYN. */
  readonly seq: number;
  readonly ack: number;
  readonly sealed: Sealed | undefined;
  readonly hasAlert: boolean;
}

const ALERT = '21';
const FINISHED = '20';
const EMPTY = Buffer.alloc(0);

/** What one side has said. */
interface Side {
  /** The number of its next octet. */
  next: number;
  /** The other side has everything before this number. */
  acknowledged: number;
  /** Behind which numbers of TCP it stood where, as far as not acknowledged yet. */
  readonly sent: { readonly end: number; readonly next: number }[];
  /** The number of its FIN. */
  fin: number | undefined;
  /** Its handshake could be read to its end. */
  isReadable: boolean;
}

interface Connection {
  readonly client: Side;
  readonly server: Side;
  /** Something of it was TLS. */
  isTls: boolean;
}

/**
 * Follows connections over TLS, and numbers the octets inside of them as TCP would: records, tickets and alerts have
 * octets of their own, by which no message can be found again.
 */
export class TlsStreams {
  readonly #hasKeys: boolean;
  readonly #connections = new OpenConnections(newConnection);

  constructor(hasKeys: boolean) {
    this.#hasKeys = hasKeys;
  }

  take(segment: TlsSegment): Unsealed {
    const { toServer, seq, ack, flags, payload } = segment;
    const connection = this.#connections.take(segment);
    const [own, other] = toServer
      ? [connection.client, connection.server]
      : [connection.server, connection.client];
    if (flags & SYN) [own.next, own.acknowledged] = [(seq + 1) >>> 0, (seq + 1) >>> 0];
    else if (Number.isNaN(own.next)) [own.next, own.acknowledged] = [seq, seq];
    if (flags & ACK) acknowledge(other, ack);
    if (segment.handshakes.includes(FINISHED)) own.isReadable = true;
    connection.isTls ||= segment.lengths.length > 0 || isTls(payload);
    const inside = this.#inside(segment, connection, own);
    const first = flags & SYN ? seq : (own.fin ?? own.next);
    count(own, segment, inside.count);
    return {
      payload: inside.payload,
      // What is said without TLS has the numbers of TCP.
      seq: inside.sealed === undefined ? seq : first,
      ack: flags & ACK ? other.acknowledged : 0,
      sealed: inside.sealed,
      hasAlert: segment.types.includes(ALERT) || payload[0] === Number(ALERT),
    };
  }

  /** What a segment has inside, and how many octets that counts. */
  #inside(
    { payload, types, lengths, opened }: TlsSegment,
    { isTls }: Connection,
    { isReadable }: Side,
  ): Inside {
    if (payload.length === 0) return { payload: EMPTY, count: 0, sealed: 'open' };
    // Whoever speaks no TLS is not answered; what it says is there for anybody.
    if (!isTls) return { payload, count: 0, sealed: undefined };
    const data = lengths.filter((_, at) => types[at] === APPLICATION_DATA);
    // Of TLS 1.3 what can't be read has no type; of TLS 1.2 it has one.
    const isUnread = types.length < lengths.length;
    const isUnreadData = data.length > 0 && (!isReadable || opened?.length === 0);
    if (!this.#hasKeys || isUnread || isUnreadData) return { payload: EMPTY, count: 0, sealed: 'shut' };
    const octets = data.reduce((sum, length) => sum + Number(length), 0);
    return { payload: opened ?? EMPTY, count: opened?.length ?? octets, sealed: 'open' };
  }
}

interface Inside extends Pick<Unsealed, 'payload' | 'sealed'> {
  readonly count: number;
}

function newConnection(): Connection {
  const side = () => ({ next: NaN, acknowledged: NaN, sent: [], fin: undefined, isReadable: false });
  return { client: side(), server: side(), isTls: false };
}

function acknowledge(side: Side, ack: number): void {
  while (side.sent[0] && ((ack - side.sent[0].end) | 0) >= 0) side.acknowledged = side.sent.shift()!.next;
}

/** Counts what a side has said with a segment; a FIN counts as an octet. */
function count(side: Side, { seq, flags, payload }: TlsSegment, octets: number): void {
  const isFin = (flags & FIN) !== 0 && side.fin === undefined;
  if (octets === 0 && !isFin) return;
  side.next = (side.next + octets) >>> 0;
  if (isFin) {
    side.fin = side.next;
    side.next = (side.next + 1) >>> 0;
  }
  side.sent.push({ end: (seq + payload.length + (isFin ? 1 : 0)) >>> 0, next: side.next });
}
