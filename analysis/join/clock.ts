import type { Frame } from '#analysis/capture/frames.ts';
import { isHandshake, timeOf } from '#lib/journal/entries.ts';
import type { Decision, Entry } from '#lib/journal/schema.ts';
import type { HandshakeMatch, Match } from './finding.ts';
import { NEAR, STEP } from './times.ts';
import { isContradicted } from './verdicts.ts';

/** At most this many contradictions are held back until the end. */
const MOST_DOUBTED = 10_000;
/** How long a contradiction is held back while a capture grows, in seconds: longer than the wire waits for a packet. */
const DOUBTED = 7;

type Doubted = Match | HandshakeMatch;

/**
 * Watches the clocks. A capture and its journals share one clock, which may be set during the run (suspend, NTP, WSL).
 * Journals of another machine have another clock. In both cases only order and content match entries with frames, and a
 * missing frame proves nothing. So contradictions are held back until the end.
 */
export class Clock {
  #last: number | undefined;
  readonly #steps: { readonly frame: number; readonly from: number; readonly to: number }[] = [];
  #apart: { readonly entry: Entry; readonly seconds: number } | undefined;
  readonly #doubted: { readonly match: Doubted; readonly since: number }[] = [];
  #now = Number.NEGATIVE_INFINITY;
  readonly #isSure: (entry: Decision) => boolean;

  /** @param isSure whether the frames of an entry are certain; where packets were lost on the way, equal ones may take their place */
  constructor(isSure: (entry: Decision) => boolean = () => true) {
    this.#isSure = isSure;
  }

  /** Notes the time of each frame. Returns the time of the frame before if the clock was set back in between. */
  frame({ number, time }: Pick<Frame, 'number' | 'time'>): number | undefined {
    const before = this.#last;
    this.#last = time;
    if (before === undefined || time >= before - STEP) return undefined;
    this.#steps.push({ frame: number, from: before, to: time });
    return before;
  }

  /** Returns the matches that are final by now; a contradiction is held back. */
  pass(match: Doubted): readonly Doubted[] {
    this.#compare(match);
    if (!isContradicted(match)) return [match];
    this.#doubted.push({ match, since: this.#now });
    return this.#doubted.length > MOST_DOUBTED ? this.#release(1) : [];
  }

  /** While a capture grows: returns the contradictions that have been held back for long enough. */
  moveTo(now: number): readonly Doubted[] {
    this.#now = now;
    const open = this.#doubted.findIndex(({ since }) => now < since + DOUBTED);
    return this.#release(open < 0 ? this.#doubted.length : open);
  }

  /** The contradictions that were held back. */
  finish(): readonly Doubted[] {
    return this.#release(this.#doubted.length);
  }

  /** One sentence about the clocks; undefined when they agree. */
  get sentence(): string | undefined {
    const [step] = this.#steps;
    const more = this.#steps.length > 1 ? ` and ${this.#steps.length - 1} more times later` : '';
    if (step) {
      return `the clock was set back ${inSeconds(step.from - step.to)} at frame ${step.frame}${more}: entries are matched with frames by order and content, not by time`;
    }
    if (!this.#apart) return undefined;
    const { entry, seconds } = this.#apart;
    const way = seconds > 0 ? 'ahead of' : 'behind';
    return `from entry ${entry.id} on, the journal's clock is ${inSeconds(Math.abs(seconds))} ${way} the capture's: entries are matched with frames by order and content, not by time`;
  }

  /** An entry is later than its request and earlier than its response. A handshake fails somewhere among its frames. */
  #compare({ entry, request, response }: Doubted): void {
    if (this.#apart || isHandshake(entry) || !this.#isSure(entry)) return;
    const time = timeOf(entry);
    const asked = request.at(-1)?.time ?? Number.NEGATIVE_INFINITY;
    const answered = response[0]?.time ?? Number.POSITIVE_INFINITY;
    if (time >= asked - STEP && time <= answered + STEP) return;
    this.#apart = { entry, seconds: time < asked ? time - asked : time - answered };
  }

  #release(count: number): Doubted[] {
    return this.#doubted.splice(0, count).map(({ match }) => this.#judge(match));
  }

  #judge(match: Doubted): Doubted {
    return this.#isDoubtful(match.entry) ? { ...match, reason: 'clock-set' } : match;
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
