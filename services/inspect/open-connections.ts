import { ACK, FIN, RST, type ServerName, SYN } from './frames.ts';

/** So long after the end of a connection segments of it may follow, late ones or ones sent again, in seconds. */
const GRACE = 3;
/** How often what is over is let go of, in seconds of the capture. */
const SWEEP = 1;

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
  readonly #onOver: (state: State) => void;
  #swept = Number.NEGATIVE_INFINITY;

  /** @param onOver is told what is let go of */
  constructor(create: () => State, onOver: (state: State) => void = () => undefined) {
    this.#create = create;
    this.#onOver = onOver;
  }

  /** What is kept of the connection of a segment, a new one when the segment opens it or none is known. */
  take(segment: Segment): State {
    const { flags, time, toServer } = segment;
    if (time > this.#swept + SWEEP) this.#sweep(time);
    const known = this.#connectionOf(segment);
    known.latest = time;
    if (flags & FIN) known.fins.add(toServer);
    if (flags & RST) known.isReset = true;
    return known.state;
  }

  of(server: ServerName, client: string): State | undefined {
    return this.#known.get(keyOf(server, client))?.state;
  }

  /** Lets go of all. */
  finish(): void {
    for (const { state } of this.#known.values()) this.#onOver(state);
    this.#known.clear();
  }

  #connectionOf({ client, flags, seq, server, time, toServer }: Segment): Known<State> {
    const key = keyOf(server, client);
    const known = this.#known.get(key);
    // Beside SYN it may offer ECN (RFC 3168, 6.1.1).
    const opens = toServer && (flags & (SYN | ACK)) === SYN;
    if (known && (!opens || known.syn === seq)) return known;
    if (known) this.#onOver(known.state);
    const begun = {
      state: this.#create(),
      syn: opens ? seq : undefined,
      fins: new Set<boolean>(),
      isReset: false,
      latest: time,
    };
    this.#known.set(key, begun);
    return begun;
  }

  #sweep(now: number): void {
    this.#swept = now;
    for (const [key, { fins, isReset, latest, state }] of this.#known) {
      const isOver = isReset || fins.size === 2;
      if (!isOver || latest + GRACE >= now) continue;
      this.#known.delete(key);
      this.#onOver(state);
    }
  }
}

function keyOf(server: ServerName, client: string): string {
  return `${server} ${client}`;
}
