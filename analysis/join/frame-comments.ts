import { describeMatch } from './describe.ts';
import type { HandshakeMatch } from './finding.ts';
import type { MatchUnder } from './matching.ts';

/** The comments on the frames of a capture, made from journal entries. */
export class FrameComments {
  readonly #lines = new Map<number, string[]>();

  /** Adds an entry to the frame that shows it. An entry without such a frame gets no comment. */
  add(match: MatchUnder | HandshakeMatch): void {
    if (match.shows !== undefined) this.addLine(match.shows, describeMatch(match));
  }

  /** Adds a line to a frame. */
  addLine(frame: number, line: string): void {
    const before = this.#lines.get(frame);
    if (before) before.push(line);
    else this.#lines.set(frame, [line]);
  }

  /** One line per entry; undefined for a frame without any. */
  of(frame: number): readonly string[] | undefined {
    return this.#lines.get(frame);
  }
}
