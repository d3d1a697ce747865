import type { Frame } from '#analysis/capture/frames.ts';
import { isHandshake, timeOf } from '#lib/journal/entries.ts';
import type { Entry } from '#lib/journal/schema.ts';
import type { HandshakeMatch, Match } from './finding.ts';
import { NEAR, STEP } from './times.ts';
import { isContradicted } from './verdicts.ts';

/** Contradictions that wait for the end, at most. */
const MOST_DOUBTED = 10_000;

type Doubted = Match | HandshakeMatch;

/**
 * Watches the clocks. A capture and the journals beside it have one clock, which may be set in the middle (suspend, NTP,
 * WSL), and those of another machine have another. Then only order and content match an entry with its frames, and
 * what is not found may be there all the same: nothing is called a contradiction until the end tells.
 */
export class Clock {
  #last: number | undefined;
  readonly #steps: { readonly frame: number; readonly from: number; readonly to: number }[] = [];
  #apart: { readonly entry: Entry; readonly seconds: number } | undefined;
  readonly #doubted: Doubted[] = [];

  /** Takes the time of each frame. Returns when the frame before was, where the clock was set back in between. */
  frame({ number, time }: Pick<Frame, 'number' | 'time'>): number | undefined {
    const before = this.#last;
    this.#last = time;
    if (before === undefined || time >= before - STEP) return undefined;
    this.#steps.push({ frame: number, from: before, to: time });
    return before;
  }

  /** What can be said by now, given one more: a contradiction waits for the end. */
  pass(match: Doubted): readonly Doubted[] {
    this.#compare(match);
    if (!isContradicted(match)) return [match];
    this.#doubted.push(match);
    return this.#doubted.length > MOST_DOUBTED ? [this.#judge(this.#doubted.shift()!)] : [];
  }

  /** The contradictions that have waited. */
  finish(): readonly Doubted[] {
    return this.#doubted.splice(0).map((match) => this.#judge(match));
  }

  /** What is to be known of the clocks, in one sentence; undefined when nothing is. */
  get sentence(): string | undefined {
    const [step] = this.#steps;
    const more = this.#steps.length > 1 ? ` and ${this.#steps.length - 1} more times later` : '';
    if (step) {
      return `the clock was set back ${inSeconds(step.from - step.to)} at frame ${step.frame}${more}, so times across that mean nothing: order and content match entries with frames`;
    }
    if (!this.#apart) return undefined;
    const { entry, seconds } = this.#apart;
    const way = seconds > 0 ? 'ahead of' : 'behind';
    return `from entry ${entry.id} on the clock of the journal is ${inSeconds(Math.abs(seconds))} ${way} that of the capture: order and content match entries with frames`;
  }

  /** A request is before its entry, and that before its answer. A handshake fails somewhere among its frames. */
  #compare({ entry, request, answer }: Doubted): void {
    if (isHandshake(entry)) return;
    const time = timeOf(entry);
    const asked = request.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    const left = answer[0]?.time ?? Number.POSITIVE_INFINITY;
    if (this.#apart || (time >= asked - STEP && time <= left + STEP)) return;
    this.#apart = { entry, seconds: time < asked ? time - asked : time - left };
  }

  #judge(match: Doubted): Doubted {
    return this.#isDoubtful(match.entry) ? { ...match, verdict: 'unclear' } : match;
  }

  #isDoubtful(entry: Entry): boolean {
    if (this.#apart) return true;
    const time = timeOf(entry);
    return this.#steps.some(({ from, to }) => Math.min(Math.abs(time - from), Math.abs(time - to)) < NEAR);
  }
}

function inSeconds(seconds: number): string {
  return `${seconds.toFixed(seconds < 100 ? 1 : 0)} s`;
}
