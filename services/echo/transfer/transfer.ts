import type { Datagram } from '#lib/transfer/datagram.ts';
import { largestWindow } from '#lib/transfer/modes.ts';
import type { OpenParameters } from '#lib/transfer/open.ts';
import type { ReceivingEnd } from '#lib/transfer/receiving.ts';
import type { SendingEnd } from '#lib/transfer/sending.ts';
import type { Peer } from '../peer.ts';

/** One transfer of one client. */
export interface Transfer {
  readonly key: string;
  readonly peer: Peer;
  readonly opened: Datagram;
  readonly parameters: OpenParameters;
  readonly began: number;
  readonly receiving: ReceivingEnd;
  /** What came and is to be sent back. */
  readonly kept: Buffer[];
  returning: SendingEnd | undefined;
  /** Octets of memory that it counts for. */
  held: number;
  lastHeard: number;
  /** Nothing is left to do but to ack again what was acked already. */
  finished: boolean;
  /** Why it failed, which a client that goes on is told. */
  failed: string | undefined;
}

/** What tells the transfer that a datagram belongs to from those of others. */
export function keyOf({ id }: Datagram, { address, port }: Peer): string {
  return `${address}:${port}/${id}`;
}

/** What is not allowed in the header of an OPEN. */
export function openProblem({ mode, window, sequence }: Datagram): string | undefined {
  const most = largestWindow(mode);
  if (window < 1 || window > most) return `the window is ${window}; allowed for ${mode}: 1 to ${most}`;
  return sequence === 0 ? undefined : `an OPEN has the number ${sequence}; allowed: 0`;
}

/** In seconds, of times in ms. */
export function secondsSince(began: number, now: number): number {
  return Math.round(now - began) / 1000;
}
