import { type Datagram, LARGEST_PAYLOAD } from '#lib/transfer/datagram.ts';
import type { OpenParameters } from '#lib/transfer/open.ts';

/** What transfers may hold in memory, in bytes, all together. */
export const MOST_HELD = 64 * 2 ** 20;
/** What a transfer takes beside its segments, and a segment beside its payload, about. */
const TRANSFER_OVERHEAD = 4_096;
const SEGMENT_OVERHEAD = 800;

/** What a transfer holds as long as it is known, in bytes: itself. */
export const COST_OF_FINISHED = TRANSFER_OVERHEAD;

/** What a transfer may hold while it is under way, without what it keeps to send back. */
export function costOf({ mode, window }: Pick<Datagram, 'mode' | 'window'>): number {
  const waiting = mode === 'selective-repeat' ? window : 0;
  return TRANSFER_OVERHEAD + waiting * costOfSegment(LARGEST_PAYLOAD);
}

/** What it comes to keep when all of it is to be sent back. */
export function costOfEcho(parameters: OpenParameters): number {
  return parameters.bytes + segmentsOf(parameters) * SEGMENT_OVERHEAD;
}

/** How many DATA an OPEN announces. */
export function segmentsOf({ bytes, segment }: OpenParameters): number {
  return Math.ceil(bytes / segment);
}

export function costOfSegment(bytes: number): number {
  return bytes + SEGMENT_OVERHEAD;
}

/** What all transfers hold together. */
export class Memory {
  readonly #removals: () => Iterable<() => void>;
  #held = 0;

  /** @param removals each removes a transfer that is over, and what it holds */
  constructor(removals: () => Iterable<() => void>) {
    this.#removals = removals;
  }

  /** Bytes that there is room for. */
  get left(): number {
    return MOST_HELD - this.#held;
  }

  /** Counts bytes that are held from now on; fewer than none, those that are not held any more. */
  hold(bytes: number): void {
    this.#held += bytes;
  }

  /** Whether there is room for so many bytes, if need be in place of transfers that are over. */
  makesRoom(bytes: number): boolean {
    if (bytes <= this.left) return true;
    for (const remove of this.#removals()) {
      remove();
      if (bytes <= this.left) return true;
    }
    return false;
  }
}
