import type { Frame } from '#analysis/capture/frames.ts';
import type { HandshakeMatch, Match } from '#analysis/join/finding.ts';
import type { Finding } from '#analysis/join/join.ts';
import { deciderOf } from '#lib/journal/entries.ts';
import { type Run, sinkStretches } from '#lib/journal/run.ts';
import type { EventNamed } from '#lib/journal/schema.ts';
import type { Decider } from '#lib/lab/deciders.ts';
import { Wired } from './wired.ts';

/** At most this many frames are kept; a demo has some hundreds. */
const MOST_FRAMES = 50_000;

/** What was matched while one profile was active at one server. */
export interface Observed {
  readonly matches: readonly Match[];
  /** The ends of transfers in that time. */
  readonly transfers: readonly EventNamed<'transfer'>[];
}

/** What was seen in a demo: matches and transfers by server and fault profile, frames, and what went over its wire. */
export class Observations {
  readonly frames: Frame[] = [];
  /** Filled before the capture is read. */
  readonly wired = new Wired();
  readonly handshakes: HandshakeMatch[] = [];
  readonly #byProfile = new Map<string, { matches: Match[]; transfers: EventNamed<'transfer'>[] }>();
  readonly #run: Pick<Run, 'starts'>;

  constructor(run: Pick<Run, 'starts'>) {
    this.#run = run;
  }

  take(finding: Finding): void {
    if (finding.kind === 'match') this.addMatch(finding, finding.active?.profile);
    else if (finding.kind === 'frame') this.addFrame(finding.frame);
    else if (finding.kind === 'handshake') this.handshakes.push(finding);
    else if (finding.kind === 'event' && finding.event.event === 'transfer')
      this.addTransfer(finding.event, finding.active?.profile);
  }

  addFrame(frame: Frame): void {
    if (this.frames.length < MOST_FRAMES) this.frames.push(frame);
  }

  addMatch(match: Match, profile?: string): void {
    this.#of(deciderOf(match.entry), profile).matches.push(match);
  }

  /** @param entry the end of a transfer */
  addTransfer(entry: EventNamed<'transfer'>, profile?: string): void {
    this.#of('echo-udp', profile).transfers.push(entry);
  }

  /** The decisions of a server under a profile, in journal order. */
  under(decider: Decider, profile: string): Observed {
    const { matches, transfers } = this.#of(decider, profile);
    return { matches: matches.sort((a, b) => a.entry.id - b.entry.id), transfers };
  }

  /** Frames from the time when the echo server was a sink. */
  sunk(): readonly Frame[] {
    const sunk = sinkStretches(this.#run);
    return this.frames.filter(
      ({ time, server }) => server === 'echo' && sunk.some(({ from, to }) => time >= from && time < to),
    );
  }

  frame(number: number | undefined): Frame | undefined {
    return this.frames.find((frame) => frame.number === number);
  }

  #of(decider: Decider, profile = ''): { matches: Match[]; transfers: EventNamed<'transfer'>[] } {
    const key = `${decider} ${profile}`;
    const known = this.#byProfile.get(key) ?? { matches: [], transfers: [] };
    this.#byProfile.set(key, known);
    return known;
  }
}
