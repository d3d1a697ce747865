import { type Connection, Connections, type Said, type Speaker } from '#analysis/capture/connections.ts';
import { FIN, type FrameRef, RST, type Sealed } from '#analysis/capture/frames.ts';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import type { Transport } from '#lib/lab/ports.ts';
import type { ShownPacket } from './packet.ts';

/** What one side did in one frame: it said something, or ended the connection. */
export interface Turn {
  readonly speaker: Speaker;
  readonly frame: number;
  /** Seconds since the first frame of the capture. */
  readonly time: number;
  readonly act: 'says' | 'closes' | 'resets';
  /** What was said, of a long payload the beginning. */
  readonly bytes: Buffer;
  /** Bytes of all that was said. */
  readonly length: number;
  /** Bytes before it that are not among the frames. */
  readonly missing: number;
  /** Sealed by TLS: what was said is what was decrypted, or the records themselves. */
  readonly sealed?: Sealed | undefined;
  /** What was exposed by it. */
  readonly exposed: readonly Exposure[];
}

/** What a client and a server said to each other over one connection, or between one pair of UDP ports. */
export interface Conversation {
  readonly transport: Transport;
  /** Address and port. */
  readonly client: string;
  readonly server: string;
  /** In seconds since the first frame of the capture. */
  readonly began: number;
  readonly frames: number;
  readonly turns: readonly Turn[];
}

interface Open {
  readonly began: number;
  frames: number;
  readonly turns: Turn[];
  /** The turn in which a side has ended the connection. */
  readonly ended: Map<Speaker, Turn>;
}

export interface DialogueOptions {
  /** What a frame exposes. */
  readonly exposedBy: (frame: number) => readonly Exposure[];
  /** How many bytes of a payload are kept. */
  readonly bytes: number;
  /** How many conversations are kept, those with the latest frames; undefined keeps all. */
  readonly last: number | undefined;
}

/** Sorts frames into conversations, and puts each side's TCP segments in order. What TCP sent again is taken once. */
export class Dialogues {
  readonly #options: DialogueOptions;
  readonly #connections: Connections<Open>;
  /** Also those of ports that were used again; the one with the latest frame last. */
  readonly #recent = new Set<Connection<Open>>();

  constructor(options: DialogueOptions) {
    this.#options = options;
    this.#connections = new Connections({
      most: options.last ?? Number.POSITIVE_INFINITY,
      create: ({ time }): Open => ({ began: time, frames: 0, turns: [], ended: new Map() }),
    });
  }

  take({ carried, time, inside }: ShownPacket): void {
    if (!carried) return;
    const frame = { number: carried.number, time };
    const { connection, by, said } = this.#connections.take({ ...carried, time });
    this.#keep(connection);
    const { state } = connection;
    const { flags, payload, transport } = carried;
    state.frames += 1;
    if (transport === 'udp') {
      if (payload.length > 0) this.#say(state, { by, frame, bytes: payload, missing: 0 });
      return;
    }
    // TLS is decrypted in order, each record once.
    if (inside) this.#say(state, { by, frame, bytes: inside, missing: 0 }, 'open');
    const untold = inside ? said.filter((one) => one.by !== by) : said;
    this.#sayAll(connection, untold);
    if (flags & RST) end(state, by, frame, 'resets');
    else if (flags & FIN && !state.ended.has(by)) end(state, by, frame, 'closes');
  }

  /** In the order of their first frames. */
  *conversations(): Generator<Conversation> {
    const all = [...this.#recent].sort((one, other) => one.state.began - other.state.began);
    for (const connection of all) {
      const { transport, clientEnd: client, serverEnd: server, state } = connection;
      this.#sayAll(connection, connection.rest());
      const { began, frames, turns } = state;
      yield { transport, client, server, began, frames, turns };
    }
  }

  #keep(connection: Connection<Open>): void {
    this.#recent.delete(connection);
    this.#recent.add(connection);
    if (this.#recent.size > (this.#options.last ?? Number.POSITIVE_INFINITY)) {
      this.#recent.delete(this.#recent.values().next().value!);
    }
  }

  #sayAll({ isTls, state }: Connection<Open>, said: readonly Said[]): void {
    for (const one of said) this.#say(state, one, isTls ? 'shut' : undefined);
  }

  #say({ turns, ended }: Open, one: Omit<Said, 'start'>, sealed?: Sealed): void {
    const { by: speaker, bytes, missing, frame } = one;
    const close = ended.get(speaker);
    // Its segment came before one that was sent first.
    if (close?.act === 'closes') turns.splice(turns.lastIndexOf(close), 1);
    turns.push({
      ...{ speaker, act: 'says', frame: frame.number, time: frame.time, missing },
      // A copy lets go of the rest.
      bytes: bytes.length > this.#options.bytes ? Buffer.from(bytes.subarray(0, this.#options.bytes)) : bytes,
      length: bytes.length,
      sealed,
      exposed: this.#options.exposedBy(frame.number),
    });
    if (close?.act === 'closes') turns.push(close);
  }
}

function end({ turns, ended }: Open, speaker: Speaker, frame: FrameRef, act: 'closes' | 'resets'): void {
  const nothing = { bytes: Buffer.alloc(0), length: 0, missing: 0, exposed: [] };
  const turn = { speaker, act, frame: frame.number, time: frame.time, ...nothing };
  turns.push(turn);
  ended.set(speaker, turn);
}
