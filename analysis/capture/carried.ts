import type { Transport } from '#lib/lab/ports.ts';
import type { Ordered } from './segment-order.ts';

/** A TCP segment or a whole UDP datagram. */
export interface Carried extends Ordered {
  /** Number of the frame. */
  readonly number: number;
  readonly transport: Transport;
  /** Address and port, `10.0.142.133:51234`. */
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
}
