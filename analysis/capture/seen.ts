import { CutFrames } from './cut-frames.ts';

/** What a reader of a capture has come across beside the frames it yields. */
export class Seen {
  /** All frames, those of other protocols included. */
  frames = 0;
  /** Those of the lab's servers. */
  ofServers = 0;
  first = Number.NaN;
  last = Number.NaN;
  /** How many characters its longest address has. */
  longestAddress = 0;
  /** Times have more digits than those of microseconds. */
  hasNanoseconds = false;
  /** What is to be known of the clocks of capture and journals, if anything. */
  clock: string | undefined;
  /** Where what was captured is not the whole frame. */
  readonly cutFrames = new CutFrames();
  /** Why the capture could not be read to its end, if so. */
  cut: string | undefined;

  /**
   * Takes down a frame.
   *
   * @param epoch its time as tshark writes it, with nine digits; empty of what has none
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
