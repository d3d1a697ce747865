import { type Connection, Connections, type Speaker } from '#analysis/capture/connections.ts';
import { FIN, RST } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { type Exposure, exposedByDatagram } from './exposed.ts';
import { HttpSide } from './http-side.ts';
import { MessageSide } from './message-side.ts';
import type { Side } from './side.ts';

/** Receives each exposure with the frame that completes it, or the last frame of what stays incomplete. */
export type OnExposed = (frame: number, exposure: Exposure) => void;

interface Sides extends Readonly<Record<Speaker, Side>> {
  /** The frames with the latest bytes of each side. */
  readonly latest: Record<Speaker, number>;
  /** Bytes of memory for incomplete messages. */
  kept: number;
  /** It has changed to TLS. */
  isEncrypted: boolean;
}

/** The most connections that are followed, and the most bytes that they keep. The quietest are dropped. */
const CONNECTIONS = 20_000;
const KEPT = 64 * 1024 * 1024;

/**
 * Finds what anyone on the way can read in a capture: HTTP/1 on any port, and messages to and from the echo server. TCP
 * streams are put in order first, so retransmitted bytes count once. Encrypted bytes do not count. Table, dialogues, JSON
 * and report all use this.
 */
export class Exposing {
  readonly #onExposed: OnExposed;
  readonly #connections: Connections<Sides>;
  /** Bytes that all connections keep. */
  #kept = 0;

  constructor(onExposed: OnExposed) {
    this.#onExposed = onExposed;
    this.#connections = new Connections({
      most: CONNECTIONS,
      create: newSides,
      onGone: (connection) => this.#letGo(connection),
    });
  }

  /** Takes a segment or datagram. They must be in order. */
  take(carried: Carried): void {
    if (carried.transport === 'tcp') this.#takeSegment(carried);
    else if (carried.server === 'echo') this.#tell(carried.number, exposedByDatagram(carried.payload));
  }

  /** The capture ends. */
  end(): void {
    while (this.#connections.size > 0) this.#connections.forget();
  }

  #takeSegment(segment: Carried): void {
    const { connection, by, pieces } = this.#connections.take(segment);
    const { state } = connection;
    if (connection.isTls) this.#stopReading(connection);
    else
      for (const { by: speaker, bytes, missing } of pieces) {
        state.latest[speaker] = segment.number;
        this.#tell(segment.number, state[speaker].take(bytes, missing));
      }
    if (segment.flags & RST) this.#end(connection);
    else if (segment.flags & FIN && !connection[by].stream.isWaiting) this.#endSide(state, by);
    else if (segment.server === 'echo' && by === 'client' && pieces.some((one) => one.by === by)) {
      // A truncated answer is complete when its client goes on.
      this.#endSide(state, 'server');
    }
    this.#count(connection);
    while (this.#kept > KEPT) this.#connections.forget();
  }

  /** From here on the connection is encrypted. */
  #stopReading(connection: Connection<Sides>): void {
    if (connection.state.isEncrypted) return;
    this.#end(connection);
    connection.state.isEncrypted = true;
  }

  #count({ client, server, state }: Connection<Sides>): void {
    const before = state.kept;
    state.kept = client.stream.size + server.stream.size + state.client.kept + state.server.kept;
    this.#kept += state.kept - before;
  }

  #letGo(connection: Connection<Sides>): void {
    this.#end(connection);
    this.#kept -= connection.state.kept;
  }

  #end(connection: Connection<Sides>): void {
    const { state } = connection;
    if (state.isEncrypted) return;
    for (const { by, bytes, frame, missing } of connection.rest()) {
      state.latest[by] = frame.number;
      this.#tell(frame.number, state[by].take(bytes, missing));
    }
    this.#endSide(state, 'client');
    this.#endSide(state, 'server');
  }

  /** No more bytes of this side follow. */
  #endSide(state: Sides, speaker: Speaker): void {
    this.#tell(state.latest[speaker], state[speaker].end());
  }

  #tell(frame: number, exposed: readonly Exposure[]): void {
    for (const exposure of exposed) this.#onExposed(frame, exposure);
  }
}

function newSides({ server }: Carried): Sides {
  const asked: string[] = [];
  const create = server === 'echo' ? () => new MessageSide() : () => new HttpSide(asked);
  return {
    ...{ client: create(), server: create(), latest: { client: 0, server: 0 } },
    ...{ kept: 0, isEncrypted: false },
  };
}
