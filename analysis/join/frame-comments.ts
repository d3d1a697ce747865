import { describeMatch } from './describe.ts';
import type { HandshakeMatch } from './finding.ts';
import type { MatchUnder } from './matching.ts';

/** What the journals say of the frames of a capture. */
export class FrameComments {
  readonly #lines = new Map<number, string[]>();

  /** Takes an entry down at the frame that shows it; one that no frame shows is left out. */
  add(match: MatchUnder | HandshakeMatch): void {
    if (match.shows === undefined) return;
    const line = describeMatch(match);
    const before = this.#lines.get(match.shows);
    if (before) before.push(line);
    else this.#lines.set(match.shows, [line]);
  }

  /** A line for each entry; undefined when none is shown in that frame. */
  of(frame: number): readonly string[] | undefined {
    return this.#lines.get(frame);
  }
}
