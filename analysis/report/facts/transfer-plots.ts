import type { Frame } from '#analysis/capture/frames.ts';
import { type Datagram, decodeDatagram, isOfTransfer } from '#lib/transfer/datagram.ts';
import type { TransferPlot, TransferPoint } from './facts.ts';

/** So many ways of transfers are plotted, with so many points each. */
const PLOTTED = 4;
const POINTS = 3_000;

interface Way {
  readonly plot: Omit<TransferPlot, 'points' | 'retransmissions'>;
  readonly points: TransferPoint[];
  readonly sent: Set<number>;
  retransmissions: number;
}

/** Takes down what the datagrams of transfers number, for time-sequence plots. */
export class TransferPlots {
  readonly #ways = new Map<string, Way>();

  /** @param began seconds since 1970 at the first frame of the capture */
  take(frame: Frame, began: number): void {
    if (frame.transport !== 'udp' || !isOfTransfer(frame.payload)) return;
    const datagram = decodeDatagram(frame.payload);
    if (!datagram || datagram.kind === 'ABORT') return;
    const isAck = datagram.kind === 'ACK';
    const way = this.#way(datagram, isAck ? !frame.toServer : frame.toServer);
    if (!way) return;
    const sequence = isAck ? datagram.ack : datagram.sequence;
    const isAgain = !isAck && way.sent.has(sequence);
    if (!isAck) way.sent.add(sequence);
    if (isAgain) way.retransmissions += 1;
    if (way.points.length >= POINTS) return;
    const kind = isAck ? 'ack' : isAgain ? 'retransmission' : 'sent';
    way.points.push({ at: frame.time - began, kind, sequence, frame: frame.number });
  }

  facts(): TransferPlot[] {
    return [...this.#ways.values()].map(({ plot, points, retransmissions }) => ({
      ...plot,
      points,
      retransmissions,
    }));
  }

  #way({ id, mode }: Datagram, toServer: boolean): Way | undefined {
    const key = `${id} ${toServer}`;
    const known = this.#ways.get(key);
    if (known || this.#ways.size === PLOTTED) return known;
    const way: Way = { plot: { id, mode, toServer }, points: [], sent: new Set(), retransmissions: 0 };
    this.#ways.set(key, way);
    return way;
  }
}
