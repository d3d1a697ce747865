import { type Connection, Connections, type Speaker } from '#analysis/capture/connections.ts';
import { FIN, RST } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { type Exposure, exposedByDatagram } from './exposed.ts';
import { HttpSide } from './http-side.ts';
import { MessageSide } from './message-side.ts';
import type { Side } from './side.ts';

/** Is told what is exposed, and in which frame it became whole, or of what did not, the last frame of it. */
export type OnExposed = (frame: number, exposure: Exposure) => void;

interface Sides extends Readonly<Record<Speaker, Side>> {
  /** The frames with the latest bytes of each. */
  readonly latest: Record<Speaker, number>;
  /** How much it takes to keep what is not whole yet, in bytes. */
  kept: number;
  /** Nobody reads what it says from here on. */
  isSealed: boolean;
}

/** How many connections are followed and how many bytes they keep, at most. The quietest connections are dropped. */
const CONNECTIONS = 20_000;
const KEPT = 64 * 1024 * 1024;

/**
 * Finds what anyone on the way can read in the frames of a capture: HTTP/1 on any port, and what is said to the echo
 * server and by it. It is put together first, whatever segments it came in: what TCP sends again counts once, and what
 * TLS has encrypted does not. The one place that counts it, for table, dialogues, JSON and report.
 */
export class Exposing {
  readonly #onExposed: OnExposed;
  readonly #connections: Connections<Sides>;
  /** What all of them keep. */
  #kept = 0;

  constructor(onExposed: OnExposed) {
    this.#onExposed = onExposed;
    this.#connections = new Connections({
      most: CONNECTIONS,
      create: newSides,
      onGone: (connection) => this.#letGo(connection),
    });
  }

  /** Frames come in their order. */
  take(carried: Carried): void {
    if (carried.transport === 'tcp') this.#takeSegment(carried);
    else if (carried.server === 'echo') this.#tell(carried.number, exposedByDatagram(carried.payload));
  }

  /** The capture ends. */
  end(): void {
    while (this.#connections.size > 0) this.#connections.forget();
  }

  #takeSegment(segment: Carried): void {
    const { connection, by, said } = this.#connections.take(segment);
    const { state } = connection;
    if (connection.isTls) this.#seal(connection);
    else
      for (const { by: speaker, bytes, missing } of said) {
        state.latest[speaker] = segment.number;
        this.#tell(segment.number, state[speaker].take(bytes, missing));
      }
    if (segment.flags & RST) this.#end(connection);
    else if (segment.flags & FIN && !connection[by].stream.isWaiting) this.#endSide(state, by);
    else if (segment.server === 'echo' && by === 'client' && said.some((one) => one.by === by)) {
      // An answer that breaks off is whole when its client goes on.
      this.#endSide(state, 'server');
    }
    this.#count(connection);
    while (this.#kept > KEPT) this.#connections.forget();
  }

  #seal(connection: Connection<Sides>): void {
    if (connection.state.isSealed) return;
    this.#end(connection);
    connection.state.isSealed = true;
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
    if (state.isSealed) return;
    for (const { by, bytes, frame, missing } of connection.rest()) {
      state.latest[by] = frame.number;
      this.#tell(frame.number, state[by].take(bytes, missing));
    }
    this.#endSide(state, 'client');
    this.#endSide(state, 'server');
  }

  /** Nothing follows. */
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
    ...{ kept: 0, isSealed: false },
  };
}
