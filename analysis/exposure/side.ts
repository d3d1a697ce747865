import type { Exposure } from './exposed.ts';

/** Reads one side of a connection. It gets each byte once, in order. */
export interface Side {
  /** Bytes of memory for incomplete messages. */
  readonly kept: number;
  /**
   * Takes the bytes of a segment.
   *
   * @param missing how many bytes before them were not captured
   * @returns the exposures of messages that they complete
   */
  take(bytes: Buffer, missing: number): Exposure[];
  /** The exposures of an incomplete message, after which no bytes follow. */
  end(): Exposure[];
}
