import { type Datagram, LARGEST_PAYLOAD } from '#lib/transfer/datagram.ts';
import type { OpenParameters } from '#lib/transfer/open.ts';

/** Memory that all transfers together may use, in bytes. */
export const MOST_HELD = 64 * 2 ** 20;
/** About how many bytes a transfer needs besides its segments, and a segment besides its payload. */
const TRANSFER_OVERHEAD = 4_096;
const SEGMENT_OVERHEAD = 800;

/** Memory of a transfer that is over, as long as the server remembers it, in bytes. */
export const COST_OF_FINISHED = TRANSFER_OVERHEAD;

/** Memory that a transfer may need, in bytes, without the segments that it will send back. */
export function costOf({ mode, window }: Pick<Datagram, 'mode' | 'window'>): number {
  const waiting = mode === 'selective-repeat' ? window : 0;
  return TRANSFER_OVERHEAD + waiting * costOfSegment(LARGEST_PAYLOAD);
}

/** Memory for all segments that a transfer sends back, in bytes. */
export function costOfEcho(parameters: OpenParameters): number {
  return parameters.bytes + segmentsOf(parameters) * SEGMENT_OVERHEAD;
}

/** The number of DATA that an OPEN announces. */
export function segmentsOf({ bytes, segment }: OpenParameters): number {
  return Math.ceil(bytes / segment);
}

export function costOfSegment(bytes: number): number {
  return bytes + SEGMENT_OVERHEAD;
}

/** Counts the memory of all transfers together. */
export class Memory {
  readonly #removals: () => Iterable<() => void>;
  #held = 0;

  /** @param removals functions that each remove a transfer that is over, and free its memory */
  constructor(removals: () => Iterable<() => void>) {
    this.#removals = removals;
  }

  /** Bytes that are free. */
  get left(): number {
    return MOST_HELD - this.#held;
  }

  /** Counts bytes that a transfer takes; a negative number counts bytes that it frees. */
  hold(bytes: number): void {
    this.#held += bytes;
  }

  /** Whether a number of bytes is free. If needed, it removes transfers that are over. */
  makesRoom(bytes: number): boolean {
    if (bytes <= this.left) return true;
    for (const remove of this.#removals()) {
      remove();
      if (bytes <= this.left) return true;
    }
    return false;
  }
}
