import type { ServerName } from '#lib/lab/ports.ts';
import { ACK, FIN, RST, SYN } from './frames.ts';

/** So long after the end of a connection segments and entries of it may follow, in seconds. */
export const GRACE = 3;
/** How often what is over is let go of, in seconds of the capture. */
export const SWEEP = 1;

/** Whether a segment opens a connection: beside SYN it may offer ECN (RFC 3168, 6.1.1). */
export function opens(flags: number): boolean {
  return (flags & (SYN | ACK)) === SYN;
}

/** A TCP segment, as far as it tells which connection it is of. */
export interface Segment {
  /** Seconds since 1970. */
  readonly time: number;
  readonly client: string;
  readonly server: ServerName;
  readonly toServer: boolean;
  /** The raw sequence number, that of a SYN at least. */
  readonly seq: number;
  readonly flags: number;
}

interface Known<State> {
  readonly state: State;
  /** The sequence number of the client's SYN; undefined when the capture begins later. */
  readonly syn: number | undefined;
  /** Who has closed its side: the client, `true`, or the server. */
  readonly fins: Set<boolean>;
  isReset: boolean;
  latest: number;
}

/**
 * What is kept of each connection while it is open: between one client's port and one server, and of a port that is
 * used again the latest.
 */
export class OpenConnections<State> {
  readonly #known = new Map<string, Known<State>>();
  readonly #create: () => State;
  #swept = Number.NEGATIVE_INFINITY;

  constructor(create: () => State) {
    this.#create = create;
  }

  /** What is kept of the connection of a segment, a new one when the segment opens it or none is known. */
  take(segment: Segment): State {
    const { flags, time, toServer } = segment;
    if (Math.abs(time - this.#swept) > SWEEP) this.#sweep(time);
    const known = this.#connectionOf(segment);
    known.latest = time;
    if (flags & FIN) known.fins.add(toServer);
    if (flags & RST) known.isReset = true;
    return known.state;
  }

  #connectionOf({ client, flags, seq, server, time, toServer }: Segment): Known<State> {
    const key = keyOf(server, client);
    const known = this.#known.get(key);
    const isFirst = toServer && opens(flags);
    if (known && (!isFirst || known.syn === seq)) return known;
    const begun = {
      state: this.#create(),
      syn: isFirst ? seq : undefined,
      fins: new Set<boolean>(),
      isReset: false,
      latest: time,
    };
    this.#known.set(key, begun);
    return begun;
  }

  #sweep(now: number): void {
    this.#swept = now;
    for (const [key, { fins, isReset, latest }] of this.#known) {
      const isOver = isReset || fins.size === 2;
      if (isOver && Math.abs(now - latest) > GRACE) this.#known.delete(key);
    }
  }
}

function keyOf(server: ServerName, client: string): string {
  return `${server} ${client}`;
}
