import type { Frame } from '#analysis/capture/frames.ts';
import { type Datagram, decodeDatagram, isOfTransfer } from '#lib/transfer/datagram.ts';
import type { TransferPlot, TransferPoint } from './facts.ts';

/** The most directions of transfers that are plotted, and the most points of each. */
const PLOTTED = 4;
const POINTS = 3_000;

interface Direction {
  readonly plot: Omit<TransferPlot, 'points' | 'retransmissions'>;
  readonly points: TransferPoint[];
  readonly sent: Set<number>;
  retransmissions: number;
}

/** Collects the sequence numbers of transfers, for time-sequence plots. */
export class TransferPlots {
  readonly #directions = new Map<string, Direction>();

  /** @param began time of the capture's first frame, in seconds since 1970 */
  take(frame: Frame, began: number): void {
    if (frame.transport !== 'udp' || !isOfTransfer(frame.payload)) return;
    const datagram = decodeDatagram(frame.payload);
    if (!datagram || datagram.kind === 'ABORT') return;
    const isAck = datagram.kind === 'ACK';
    const way = this.#directionOf(datagram, isAck ? !frame.toServer : frame.toServer);
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
    return [...this.#directions.values()].map(({ plot, points, retransmissions }) => ({
      ...plot,
      points,
      retransmissions,
    }));
  }

  #directionOf({ id, mode }: Datagram, toServer: boolean): Direction | undefined {
    const key = `${id} ${toServer}`;
    const known = this.#directions.get(key);
    if (known || this.#directions.size === PLOTTED) return known;
    const way: Direction = { plot: { id, mode, toServer }, points: [], sent: new Set(), retransmissions: 0 };
    this.#directions.set(key, way);
    return way;
  }
}
