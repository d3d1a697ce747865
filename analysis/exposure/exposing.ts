import type { Carried } from '#analysis/capture/carried.ts';
import { FIN, RST } from '#analysis/capture/frames.ts';
import { opens } from '#analysis/capture/open-connections.ts';
import { SegmentOrder } from '#analysis/capture/segment-order.ts';
import { type Ports, serverOn } from '#lib/lab/ports.ts';
import { isTls } from '#lib/tls/record.ts';
import { type Exposure, exposedByDatagram } from './exposed.ts';
import { HttpSide } from './http-side.ts';
import { MessageSide } from './message-side.ts';
import type { Side } from './side.ts';

/** Is told what is exposed, and in which frame it became whole, or of what did not, the last frame of it. */
export type OnExposed = (frame: number, exposure: Exposure) => void;

/** One direction of a connection. */
interface Direction {
  readonly order: SegmentOrder<Carried>;
  readonly side: Side;
  /** The frame with its latest octets. */
  latest: number;
}

interface Connection {
  /** The sequence number of its SYN; undefined when the capture begins later. */
  readonly syn: number | undefined;
  readonly directions: Map<string, Direction>;
  readonly create: () => Side;
  /** Something of it was TLS, on a port where TLS is spoken. */
  isSealed: boolean;
  /** How much it takes to keep what is not whole yet, in octets. */
  kept: number;
}

/** How many connections are followed and how many octets they keep, at most. The quietest connections are dropped. */
const CONNECTIONS = 20_000;
const KEPT = 64 * 1024 * 1024;

/**
 * Finds what anyone on the way can read in the frames of a capture: HTTP/1 on any port, and what is said to the echo
 * server and by it. It is put together first, whatever segments it came in: what TCP sends again counts once, and what
 * TLS has encrypted does not. The one place that counts it, for table, dialogues, JSON and report.
 */
export class Exposing {
  readonly #onExposed: OnExposed;
  readonly #ports: Ports;
  /** The latest used last. */
  readonly #connections = new Map<string, Connection>();
  /** What all of them keep. */
  #kept = 0;

  constructor(ports: Ports, onExposed: OnExposed) {
    this.#ports = ports;
    this.#onExposed = onExposed;
  }

  /** Frames come in their order. */
  take(carried: Carried): void {
    if (carried.transport === 'tcp') this.#takeSegment(carried);
    else if (this.#isOfEcho(carried)) this.#tell(carried.number, exposedByDatagram(carried.payload));
  }

  /** The capture ends. */
  end(): void {
    for (const connection of this.#connections.values()) this.#end(connection);
    this.#connections.clear();
    this.#kept = 0;
  }

  #takeSegment(segment: Carried): void {
    const connection = this.#connectionOf(segment);
    const direction = directionOf(connection, segment.from);
    const pieces = direction.order.take(segment);
    if (pieces.length > 0) direction.latest = segment.number;
    for (const { bytes, missing } of pieces) {
      if (isTls(bytes)) this.#seal(segment, connection);
      if (!connection.isSealed) this.#tell(segment.number, direction.side.take(bytes, missing));
    }
    if (segment.flags & RST) this.#end(connection);
    else if (segment.flags & FIN && !direction.order.isWaiting) this.#endSide(direction);
    else if (pieces.length > 0) this.#endAnswer(segment, connection);
    this.#count(connection);
    while (this.#kept > KEPT) this.#forget();
  }

  #count(connection: Connection): void {
    const before = connection.kept;
    connection.kept = 0;
    for (const { order, side } of connection.directions.values()) connection.kept += order.kept + side.kept;
    this.#kept += connection.kept - before;
  }

  /** On the plain ports of the lab nothing is ever encrypted, even when a client tries. */
  #seal({ fromPort, toPort }: Carried, connection: Connection): void {
    const server = serverOn(toPort, this.#ports) ?? serverOn(fromPort, this.#ports);
    if (server?.overTls === false) return;
    this.#end(connection);
    connection.isSealed = true;
  }

  /** An answer of the echo server that breaks off is whole when its client goes on. */
  #endAnswer({ to, toPort }: Carried, { directions }: Connection): void {
    const answers = directions.get(to);
    if (answers && serverOn(toPort, this.#ports)?.server === 'echo') this.#endSide(answers);
  }

  #connectionOf(segment: Carried): Connection {
    const { from, to, seq, flags } = segment;
    const key = [from, to].sort().join(' ');
    const known = this.#connections.get(key);
    const isFirst = opens(flags);
    this.#connections.delete(key);
    if (known && (!isFirst || known.syn === seq)) {
      this.#connections.set(key, known);
      return known;
    }
    if (known) this.#letGo(known);
    if (this.#connections.size === CONNECTIONS) this.#forget();
    const asked: string[] = [];
    const create = this.#isOfEcho(segment) ? () => new MessageSide() : () => new HttpSide(asked);
    const begun: Connection = {
      syn: isFirst ? seq : undefined,
      directions: new Map(),
      create,
      isSealed: false,
      kept: 0,
    };
    this.#connections.set(key, begun);
    return begun;
  }

  #forget(): void {
    const [key, oldest] = this.#connections.entries().next().value!;
    this.#letGo(oldest);
    this.#connections.delete(key);
  }

  #letGo(connection: Connection): void {
    this.#end(connection);
    this.#kept -= connection.kept;
  }

  #end({ directions, isSealed }: Connection): void {
    if (isSealed) return;
    for (const direction of directions.values()) {
      for (const { segment, bytes, missing } of direction.order.rest()) {
        direction.latest = segment.number;
        this.#tell(segment.number, direction.side.take(bytes, missing));
      }
      this.#endSide(direction);
    }
  }

  #endSide({ side, latest }: Direction): void {
    this.#tell(latest, side.end());
  }

  #tell(frame: number, exposed: readonly Exposure[]): void {
    for (const exposure of exposed) this.#onExposed(frame, exposure);
  }

  #isOfEcho({ fromPort, toPort }: Carried): boolean {
    return (serverOn(toPort, this.#ports) ?? serverOn(fromPort, this.#ports))?.server === 'echo';
  }
}

function directionOf({ directions, create }: Connection, from: string): Direction {
  const known = directions.get(from);
  if (known) return known;
  const begun = { order: new SegmentOrder<Carried>(), side: create(), latest: 0 };
  directions.set(from, begun);
  return begun;
}
