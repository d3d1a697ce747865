import { isTls } from '#lib/tls/record.ts';
import { ACK, FIN, RST, SYN } from './frames.ts';
import type { Carried } from './packet.ts';
import { FAR, type Piece, type Range, TcpStream } from './tcp-stream.ts';

/** At most this many connections are followed at once. Beyond that the quietest are dropped. */
const MOST = 50_000;
/** How long after the end of a connection its SYN may be retransmitted, in seconds: after 1 s and 2 s more (RFC 6298). */
const SYN_AGAIN = 3;

/** Whether a segment opens a connection: besides SYN it may offer ECN (RFC 3168, 6.1.1). */
export function opens(flags: number): boolean {
  return (flags & (SYN | ACK)) === SYN;
}

export type Speaker = 'client' | 'server';

/** One direction of a connection. */
export class Direction {
  readonly stream = new TcpStream();
  /** The sequence number of its SYN; undefined if the capture lacks it. */
  syn: number | undefined;
  isClosed = false;
}

/** A TCP connection, or all datagrams between a pair of UDP ports. */
export class Connection<State> {
  /** From 1, in order of their begin; undefined if it may be the rest of a dropped connection. */
  readonly number: number | undefined;
  readonly transport: Carried['transport'];
  /** As `endpoint` writes them. */
  readonly clientEnd: string;
  readonly serverEnd: string;
  readonly client = new Direction();
  readonly server = new Direction();
  /** A segment was TLS, on a port that may speak TLS. */
  isTls = false;
  isReset = false;
  /** The time of its latest segment, in seconds since 1970. */
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

  /** The remaining bytes at its end: those that wait for bytes which were never captured. */
  rest(): SidePiece[] {
    return (['client', 'server'] as const).flatMap((by) => piecesBy(by, this[by].stream.rest()));
  }
}

/** The next bytes of one side of a connection. */
export interface SidePiece extends Piece {
  readonly by: Speaker;
}

/** The effect of a packet on its connection. */
export interface Taken<State> {
  readonly connection: Connection<State>;
  readonly by: Speaker;
  /** The ranges of a TCP segment's payload that are new, and those that are retransmitted. */
  readonly fresh: readonly Range[];
  readonly repeated: readonly Range[];
  /** The bytes of both sides that are complete with this packet, each once and in order. */
  readonly pieces: readonly SidePiece[];
}

export interface ConnectionsOptions<State> {
  /** Makes the state of a new connection, which begins with this packet. */
  readonly create: (first: Carried) => State;
  /** Receives connections that are dropped before the end. */
  readonly onGone?: (connection: Connection<State>) => void;
  readonly most?: number;
}

/**
 * The table of connections: finds the connection of a packet, and puts the bytes of both sides in order. For a reused
 * port it has the latest connection.
 */
export class Connections<State> {
  readonly #options: ConnectionsOptions<State>;
  /** The most recently used one last. */
  readonly #known = new Map<string, Connection<State>>();
  #count = 0;

  constructor(options: ConnectionsOptions<State>) {
    this.#options = options;
  }

  take(carried: Carried): Taken<State> {
    const connection = this.#connectionOf(carried);
    connection.latest = carried.time;
    const by = carried.toServer ? 'client' : 'server';
    if (carried.transport === 'udp') return { connection, by, fresh: [], repeated: [], pieces: [] };
    const { flags, seq, ack, payload } = carried;
    const other = carried.toServer ? 'server' : 'client';
    const { [by]: own } = connection;
    if (flags & SYN) {
      own.syn = seq;
      own.stream.begin(seq + 1);
    }
    // Hosts ignore a FIN or RST of an earlier connection (RFC 5961, 3.2).
    if (flags & (FIN | RST) && !own.stream.isFar(seq)) {
      if (flags & FIN) own.isClosed = true;
      if (flags & RST) connection.isReset = true;
    }
    if (flags & ACK) connection[other].stream.acknowledge(ack);
    connection.isTls ||= mayBeTls(carried) && isTls(payload);
    const segment = flags & SYN ? { ...carried, seq: (seq + 1) >>> 0 } : carried;
    const { fresh, repeated } = payload.length > 0 ? own.stream.add(segment) : NOTHING;
    const pieces = [...completeIn(other, connection), ...completeIn(by, connection)];
    return { connection, by, fresh, repeated, pieces };
  }

  /** The quietest first. */
  [Symbol.iterator](): Iterator<Connection<State>> {
    return this.#known.values();
  }

  get size(): number {
    return this.#known.size;
  }

  /** Drops the quietest one. */
  forget(): void {
    const [key, quietest] = this.#known.entries().next().value!;
    this.#known.delete(key);
    this.#options.onGone?.(quietest);
  }

  #connectionOf(carried: Carried): Connection<State> {
    const { from, to, toServer, transport } = carried;
    const key = toServer ? `${transport} ${from} ${to}` : `${transport} ${to} ${from}`;
    const known = this.#known.get(key);
    // The connection that was used goes to the end.
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

const NOTHING = { fresh: [], repeated: [] } as const;

/** Whether a segment belongs to a new connection between the same ports. */
function isNew<State>(segment: Carried, known: Connection<State>): boolean {
  const { toServer, transport, flags, seq, payload, time } = segment;
  if (transport === 'udp') return false;
  const { stream, syn } = toServer ? known.client : known.server;
  if (flags & SYN && syn === seq)
    return opens(flags) && known.isOver && Math.abs(time - known.latest) > SYN_AGAIN;
  if (flags & SYN) return opens(flags) || stream.isBegun;
  // A segment far before the end is no retransmission. On an open connection with a known SYN it is a late segment of
  // an earlier connection.
  const mayBeAnother = stream.isBegun && (syn === undefined || known.isOver);
  return payload.length > 0 && mayBeAnother && stream.end - stream.positionOf(seq) > FAR;
}

/** The lab's plain ports never speak TLS, even if a client tries. */
function mayBeTls({ server, overTls }: Carried): boolean {
  return server === undefined || overTls;
}

function completeIn<State>(by: Speaker, connection: Connection<State>): readonly SidePiece[] {
  const { stream } = connection[by];
  return stream.isWaiting ? piecesBy(by, stream.read()) : [];
}

function piecesBy(by: Speaker, pieces: readonly Piece[]): SidePiece[] {
  return pieces.map((piece) => ({ ...piece, by }));
}
