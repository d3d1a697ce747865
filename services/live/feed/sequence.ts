import type { Speaker } from '#analysis/capture/connections.ts';
import { ACK } from '#analysis/capture/frames.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { decodeDatagram, isOfTransfer } from '#lib/transfer/datagram.ts';
import type { SequencePoint } from '../contract.ts';
import type { Said } from './conversations.ts';
import type { Trip } from './trip.ts';

/** One direction of a connection or transfer. */
interface Way {
  readonly isTransfer: boolean;
  bytes: number;
  latest: number;
  /** The numbers of segments that were sent. */
  readonly sent: Set<number>;
  /** The points before it is plotted. */
  readonly points: SequencePoint[];
}

interface Found {
  readonly by: Speaker;
  readonly bytes: number;
  readonly isTransfer: boolean;
  readonly points: readonly Pick<SequencePoint, 'kind' | 'at'>[];
}

/** A connection with fewer bytes in one direction is not plotted. */
const LEAST = 4_000;
/** A way that is quiet for so long gives its place to another one, in seconds. */
const QUIET = 3;
/** The most ways that are followed, and the most points that each keeps before it is plotted. */
const FOLLOWED = 64;
const KEPT = 300;
/** The most points at once. */
const AT_ONCE = 200;

/** Finds the largest transfer or flow under way, and the points of its sequence plot. */
export class SequencePlot {
  readonly #ways = new Map<string, Way>();
  #plotted: Way | undefined;
  #points: SequencePoint[] = [];

  /** Takes packets in the order of time. */
  take(
    { id, time }: Pick<Trip, 'id' | 'time'>,
    { conversation, taken }: Said,
    carried: Carried | undefined,
  ): void {
    if (!taken || !carried) return;
    for (const found of carried.transport === 'udp' ? ofDatagram(carried) : ofSegment(taken, carried)) {
      const key = `${conversation} ${found.by}`;
      if (found.bytes === 0 && !this.#ways.has(key)) continue;
      const way = this.#wayOf(key, found.isTransfer);
      way.bytes += found.bytes;
      way.latest = time;
      const points = found.points.map(({ kind, at }) => {
        const isAgain = kind === 'data' && way.isTransfer && way.sent.has(at);
        if (kind === 'data' && way.isTransfer) way.sent.add(at);
        return { conversation, time, kind: isAgain ? 'retransmission' : kind, at, packet: id } as const;
      });
      this.#choose(way, time);
      if (way === this.#plotted) this.#points.push(...points);
      else if (way.points.length < KEPT) way.points.push(...points);
    }
  }

  /** The points since the last call; when there are too many, all retransmissions and some of the others. */
  takePoints(): readonly SequencePoint[] {
    const points = this.#points;
    this.#points = [];
    const every = Math.ceil(points.length / AT_ONCE);
    return every < 2
      ? points
      : points.filter(({ kind }, at) => kind === 'retransmission' || at % every === 0);
  }

  #choose(way: Way, now: number): void {
    const plotted = this.#plotted;
    if (way === plotted || (!way.isTransfer && way.bytes < LEAST)) return;
    const isOver = !plotted || now > plotted.latest + QUIET;
    const isLarger = way.isTransfer === plotted?.isTransfer ? way.bytes > 2 * plotted.bytes : way.isTransfer;
    if (!isOver && !isLarger) return;
    this.#plotted = way;
    this.#points.push(...way.points.splice(0));
  }

  #wayOf(key: string, isTransfer: boolean): Way {
    const known = this.#ways.get(key);
    this.#ways.delete(key);
    const way = known ?? { isTransfer, bytes: 0, latest: 0, sent: new Set<number>(), points: [] };
    this.#ways.set(key, way);
    if (this.#ways.size > FOLLOWED) this.#ways.delete(this.#ways.keys().next().value!);
    return way;
  }
}

function ofSegment(
  { connection, by, fresh, repeated }: NonNullable<Said['taken']>,
  carried: Carried,
): Found[] {
  const { flags, ack, payload } = carried;
  const to = by === 'client' ? 'server' : 'client';
  const { stream } = connection[to];
  const isAck = (flags & ACK) !== 0 && stream.isBegun;
  const data = [
    ...fresh.map(({ from }) => ({ kind: 'data', at: from }) as const),
    ...repeated.map(({ from }) => ({ kind: 'retransmission', at: from }) as const),
  ];
  return [
    ...(data.length > 0 ? [{ by, bytes: payload.length, isTransfer: false, points: data }] : []),
    ...(isAck
      ? [
          {
            by: to,
            bytes: 0,
            isTransfer: false,
            points: [{ kind: 'ack', at: stream.positionOf(ack) }],
          } as const,
        ]
      : []),
  ];
}

function ofDatagram({ payload, toServer }: Carried): Found[] {
  const datagram = isOfTransfer(payload) ? decodeDatagram(payload) : undefined;
  if (!datagram || datagram.kind === 'ABORT') return [];
  const [own, back] = toServer ? (['client', 'server'] as const) : (['server', 'client'] as const);
  if (datagram.kind === 'ACK') {
    return [{ by: back, bytes: 0, isTransfer: true, points: [{ kind: 'ack', at: datagram.ack }] }];
  }
  return [
    { by: own, bytes: payload.length, isTransfer: true, points: [{ kind: 'data', at: datagram.sequence }] },
  ];
}
