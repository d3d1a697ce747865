import { TruncatedFrames } from './truncated-frames.ts';

/** What a reader learns about a capture besides its frames. */
export class Seen {
  /** Number of frames, including other protocols. */
  frames = 0;
  /** Number of frames of the lab's servers. */
  ofServers = 0;
  first = Number.NaN;
  last = Number.NaN;
  /** Length of the longest address, in characters. */
  longestAddress = 0;
  /** Times are finer than microseconds. */
  hasNanoseconds = false;
  /** One sentence about the clocks of capture and journals, if they disagree. */
  clock: string | undefined;
  /** Where frames were truncated. */
  readonly truncatedFrames = new TruncatedFrames();
  /** Why the capture breaks off, if it does. */
  cut: string | undefined;

  /**
   * Counts a frame.
   *
   * @param epoch its time as tshark writes it, with nine digits; empty without one
   */
  add(epoch: string, ...addresses: readonly string[]): void {
    this.frames += 1;
    this.longestAddress = Math.max(this.longestAddress, ...addresses.map(({ length }) => length));
    if (epoch === '') return;
    if (!epoch.endsWith('000')) this.hasNanoseconds = true;
    const time = Number(epoch);
    if (Number.isNaN(this.first)) this.first = time;
    this.last = time;
  }
}
