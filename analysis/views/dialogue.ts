import { type Connection, Connections, type SidePiece, type Speaker } from '#analysis/capture/connections.ts';
import { FIN, type FrameRef, RST, type TlsState } from '#analysis/capture/frames.ts';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import type { Transport } from '#lib/lab/ports.ts';
import type { ShownPacket } from './packet.ts';

/** What one side did in one frame: it sent data, or ended the connection. */
export interface Turn {
  readonly speaker: Speaker;
  readonly frame: number;
  /** Seconds since the first frame of the capture. */
  readonly time: number;
  readonly act: 'sends' | 'closes' | 'resets';
  /** The data, shortened if it is long. */
  readonly bytes: Buffer;
  /** The length of all data. */
  readonly length: number;
  /** How many bytes before it are not among the frames. */
  readonly missing: number;
  /** Over TLS: whether the data is decrypted. */
  readonly tls?: TlsState | undefined;
  /** What it exposes. */
  readonly exposed: readonly Exposure[];
}

/** The dialogue of one TCP connection, or of one pair of UDP ports. */
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
  /** The turn in which each side ended the connection. */
  readonly ended: Map<Speaker, Turn>;
}

export interface DialogueOptions {
  /** The exposures of a frame. */
  readonly exposedBy: (frame: number) => readonly Exposure[];
  /** How many bytes of a payload are kept. */
  readonly bytes: number;
  /** How many conversations with the latest frames are kept; undefined keeps all. */
  readonly last: number | undefined;
}

/** Sorts frames into conversations, and puts each side's TCP segments in order. Retransmissions are shown once. */
export class Dialogues {
  readonly #options: DialogueOptions;
  readonly #connections: Connections<Open>;
  /** Ordered by their latest frame. A reused port has several. */
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
    const { connection, by, pieces } = this.#connections.take({ ...carried, time });
    this.#keep(connection);
    const { state } = connection;
    const { flags, payload, transport } = carried;
    state.frames += 1;
    if (transport === 'udp') {
      if (payload.length > 0) this.#addTurn(state, { by, frame, bytes: payload, missing: 0 });
      return;
    }
    // TLS is decrypted in order, each record once.
    if (inside) this.#addTurn(state, { by, frame, bytes: inside, missing: 0 }, 'decrypted');
    const others = inside ? pieces.filter((one) => one.by !== by) : pieces;
    this.#addTurns(connection, others);
    if (flags & RST) end(state, by, frame, 'resets');
    else if (flags & FIN && !state.ended.has(by)) end(state, by, frame, 'closes');
  }

  /** All conversations, ordered by their first frames. */
  *conversations(): Generator<Conversation> {
    const all = [...this.#recent].sort((one, other) => one.state.began - other.state.began);
    for (const connection of all) {
      const { transport, clientEnd: client, serverEnd: server, state } = connection;
      this.#addTurns(connection, connection.rest());
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

  #addTurns({ isTls, state }: Connection<Open>, pieces: readonly SidePiece[]): void {
    for (const one of pieces) this.#addTurn(state, one, isTls ? 'encrypted' : undefined);
  }

  #addTurn({ turns, ended }: Open, one: Omit<SidePiece, 'start'>, tls?: TlsState): void {
    const { by: speaker, bytes, missing, frame } = one;
    const close = ended.get(speaker);
    // The segment with the FIN was captured before an earlier segment.
    if (close?.act === 'closes') turns.splice(turns.lastIndexOf(close), 1);
    turns.push({
      ...{ speaker, act: 'sends', frame: frame.number, time: frame.time, missing },
      // A copy, so that the rest of the payload is freed.
      bytes: bytes.length > this.#options.bytes ? Buffer.from(bytes.subarray(0, this.#options.bytes)) : bytes,
      length: bytes.length,
      tls,
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
