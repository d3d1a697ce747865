import type { Exposure } from './exposed.ts';

/** What one side of a connection says, put together: its bytes come in order and each once. */
export interface Side {
  /** How much it takes to keep what is not whole yet, in bytes. */
  readonly kept: number;
  /**
   * Takes the bytes of a segment.
   *
   * @param missing bytes before them that never came
   * @returns what is exposed by all that is whole with them
   */
  take(bytes: Buffer, missing: number): Exposure[];
  /** What is exposed by that which is not whole: nothing follows it, as far as the capture tells. */
  end(): Exposure[];
}
