import type { Regime } from '#lib/journal/run.ts';
import { describeHandshake, describeTie } from './describe.ts';
import type { HandshakeTie, Tie } from './tie.ts';

/** What the journals say of the frames of a capture. */
export class FrameComments {
  readonly #lines = new Map<number, string[]>();

  /** Takes a tie down at the frame that shows it; one that no frame shows is left out. */
  add(tie: Tie, regime: Regime | undefined): void {
    if (tie.shows !== undefined) this.#add(tie.shows, describeTie(tie, regime));
  }

  /** The same of a handshake that failed. */
  addHandshake(tie: HandshakeTie): void {
    if (tie.shows !== undefined) this.#add(tie.shows, describeHandshake(tie));
  }

  /** Frames with a comment, in order. */
  get frames(): number[] {
    return [...this.#lines.keys()].sort((a, b) => a - b);
  }

  /** A line for each entry; undefined when none is shown in that frame. */
  of(frame: number): readonly string[] | undefined {
    return this.#lines.get(frame);
  }

  #add(frame: number, line: string): void {
    const before = this.#lines.get(frame);
    if (before) before.push(line);
    else this.#lines.set(frame, [line]);
  }
}
