import { isTls } from '#lib/tls/record.ts';
import { ACK, FIN, RST, SYN } from './frames.ts';
import type { Carried } from './packet.ts';
import { FAR, type Piece, type Range, TcpStream } from './tcp-stream.ts';

/** So many connections are followed at once; of more, the quietest are let go of. */
const MOST = 50_000;
/** So long after the end of a connection its SYN may come again, in seconds: it is sent again after 1 and 2 more (RFC 6298). */
const SYN_AGAIN = 3;

/** Whether a segment opens a connection: beside SYN it may offer ECN (RFC 3168, 6.1.1). */
export function opens(flags: number): boolean {
  return (flags & (SYN | ACK)) === SYN;
}

export type Speaker = 'client' | 'server';

/** What one end of a connection sends. */
export class Direction {
  readonly stream = new TcpStream();
  /** The sequence number of its SYN; undefined when the capture begins later. */
  syn: number | undefined;
  isClosed = false;
}

/** A TCP connection, or all that goes between a pair of UDP ports. */
export class Connection<State> {
  /** From 1, in the order in which they begin; undefined of one that may be the rest of another, which was let go of. */
  readonly number: number | undefined;
  readonly transport: Carried['transport'];
  /** As `endpoint` writes them. */
  readonly clientEnd: string;
  readonly serverEnd: string;
  readonly client = new Direction();
  readonly server = new Direction();
  /** Something of it was TLS, on a port where TLS may be spoken. */
  isTls = false;
  isReset = false;
  /** When it was heard from, in seconds since 1970. */
  latest = 0;
  readonly state: State;

  constructor(number: number | undefined, { transport, toServer, from, to }: Carried, state: State) {
    this.number = number;
    this.transport = transport;
    [this.clientEnd, this.serverEnd] = toServer ? [from, to] : [to, from];
    this.state = state;
  }

  get isOver(): boolean {
    return this.isReset || (this.client.isClosed && this.server.isClosed);
  }

  /** All that is left of it, at its end: what waits for bytes that never came. */
  rest(): Said[] {
    return (['client', 'server'] as const).flatMap((by) => said(by, this[by].stream.rest()));
  }
}

/** The next bytes of one end of a connection. */
export interface Said extends Piece {
  readonly by: Speaker;
}

/** What a packet adds to its connection. */
export interface Taken<State> {
  readonly connection: Connection<State>;
  readonly by: Speaker;
  /** Of a TCP segment: what of its payload has not come before, and what has. */
  readonly fresh: readonly Range[];
  readonly again: readonly Range[];
  /** What both ends say, each byte once and in order, as far as this packet tells. */
  readonly said: readonly Said[];
}

export interface ConnectionsOptions<State> {
  /** Makes what is kept of a connection, which begins with this packet. */
  readonly create: (first: Carried) => State;
  /** Is told connections that are let go of, before the end. */
  readonly onGone?: (connection: Connection<State>) => void;
  readonly most?: number;
}

/**
 * The table of connections: tells which one a packet belongs to, and puts in order what its ends say. Of a port that is
 * used again it has the latest.
 */
export class Connections<State> {
  readonly #options: ConnectionsOptions<State>;
  /** The latest used last. */
  readonly #known = new Map<string, Connection<State>>();
  #count = 0;

  constructor(options: ConnectionsOptions<State>) {
    this.#options = options;
  }

  take(carried: Carried): Taken<State> {
    const connection = this.#connectionOf(carried);
    connection.latest = carried.time;
    const by = carried.toServer ? 'client' : 'server';
    if (carried.transport === 'udp') return { connection, by, fresh: [], again: [], said: [] };
    const { flags, seq, ack, payload } = carried;
    const other = carried.toServer ? 'server' : 'client';
    const { [by]: own } = connection;
    if (flags & SYN) {
      own.syn = seq;
      own.stream.begin(seq + 1);
    }
    // Nobody takes a FIN or an RST that is left over of an earlier connection (RFC 5961, 3.2).
    if (flags & (FIN | RST) && !own.stream.isFar(seq)) {
      if (flags & FIN) own.isClosed = true;
      if (flags & RST) connection.isReset = true;
    }
    if (flags & ACK) connection[other].stream.acknowledge(ack);
    connection.isTls ||= mayBeTls(carried) && isTls(payload);
    const segment = flags & SYN ? { ...carried, seq: (seq + 1) >>> 0 } : carried;
    const { fresh, again } = payload.length > 0 ? own.stream.add(segment) : NOTHING;
    const said = [...heard(other, connection), ...heard(by, connection)];
    return { connection, by, fresh, again, said };
  }

  /** The quietest first. */
  [Symbol.iterator](): Iterator<Connection<State>> {
    return this.#known.values();
  }

  get size(): number {
    return this.#known.size;
  }

  /** Lets go of the quietest. */
  forget(): void {
    const [key, quietest] = this.#known.entries().next().value!;
    this.#known.delete(key);
    this.#options.onGone?.(quietest);
  }

  #connectionOf(carried: Carried): Connection<State> {
    const { from, to, toServer, transport } = carried;
    const key = toServer ? `${transport} ${from} ${to}` : `${transport} ${to} ${from}`;
    const known = this.#known.get(key);
    // Whoever is heard from goes to the end.
    this.#known.delete(key);
    if (known && !isNew(carried, known)) {
      this.#known.set(key, known);
      return known;
    }
    if (known) this.#options.onGone?.(known);
    if (this.#known.size >= (this.#options.most ?? MOST)) this.forget();
    const begun = new Connection(this.#numberOf(carried, known), carried, this.#options.create(carried));
    this.#known.set(key, begun);
    return begun;
  }

  #numberOf({ flags }: Carried, before: Connection<State> | undefined): number | undefined {
    if (!(flags & SYN || before?.isOver)) return undefined;
    this.#count += 1;
    return this.#count;
  }
}

const NOTHING = { fresh: [], again: [] } as const;

/** Whether a segment is of another connection between the same ports than the one that is known. */
function isNew<State>(segment: Carried, known: Connection<State>): boolean {
  const { toServer, transport, flags, seq, payload, time } = segment;
  if (transport === 'udp') return false;
  const { stream, syn } = toServer ? known.client : known.server;
  if (flags & SYN && syn === seq)
    return opens(flags) && known.isOver && Math.abs(time - known.latest) > SYN_AGAIN;
  if (flags & SYN) return opens(flags) || stream.isBegun;
  // What is far before the latest is not sent again.
  // An open connection with a known SYN keeps it: it is a late segment of an earlier one.
  const mayBeAnother = stream.isBegun && (syn === undefined || known.isOver);
  return payload.length > 0 && mayBeAnother && stream.end - stream.positionOf(seq) > FAR;
}

/** On the plain ports of the lab nothing is ever encrypted, even when a client tries. */
function mayBeTls({ server, overTls }: Carried): boolean {
  return server === undefined || overTls;
}

function heard<State>(by: Speaker, connection: Connection<State>): readonly Said[] {
  const { stream } = connection[by];
  return stream.isWaiting ? said(by, stream.read()) : [];
}

function said(by: Speaker, pieces: readonly Piece[]): Said[] {
  return pieces.map((piece) => ({ ...piece, by }));
}
