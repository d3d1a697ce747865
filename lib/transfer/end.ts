import type { Timer } from '#lib/runtime/timer.ts';
import { type Datagram, LARGEST_SIGNED_PAYLOAD } from './datagram.ts';
import type { ModeName } from './kinds.ts';

/** What one end of a transfer needs from its surroundings. */
export interface EndParts {
  /** Sends a datagram to the other side. */
  readonly transmit: (datagram: Datagram) => void;
  /** A clock that never goes back, in ms. */
  readonly clock: () => number;
  readonly timer: Timer;
}

/** What both directions of a transfer have in common. */
export interface TransferKey {
  readonly id: string;
  readonly mode: ModeName;
  /** Segments that may be on the way at once. */
  readonly window: number;
}

/**
 * A transfer failed. `silent`: the other side stopped acknowledging. `aborted`: the other side ended it. `altered`: the
 * received bytes are not the sent bytes.
 */
export class TransferError extends Error {
  readonly code = 'LAB_TRANSFER';
  readonly how: 'silent' | 'aborted' | 'altered';

  constructor(how: TransferError['how'], message: string) {
    super(message);
    this.how = how;
  }
}

/** An ABORT with its reason as text. A long reason is cut, so that an HMAC fits too. */
export function abortOf({ id, mode }: Omit<TransferKey, 'window'>, reason: string): Datagram {
  const payload = Buffer.from(reason).subarray(0, LARGEST_SIGNED_PAYLOAD);
  return { kind: 'ABORT', id, mode, sequence: 0, ack: 0, window: 0, payload };
}
