import type { Capture } from '#analysis/capture/capture-files.ts';
import type { Frame } from '#analysis/capture/frames.ts';
import { joinCapture } from '#analysis/join/join-capture.ts';
import type { Tie } from '#analysis/join/tie.ts';
import { deciderOf, isEvent } from '#lib/journal/entries.ts';
import { type Run, sinkStretches } from '#lib/journal/run.ts';
import type { EventNamed } from '#lib/journal/schema.ts';
import type { Decider } from '#lib/lab/deciders.ts';

/** Frames of a demo that are kept, in order; it has some hundreds. */
const MOST_FRAMES = 50_000;

/** What was tied while one profile was in force at one server. */
export interface Observed {
  readonly ties: readonly Tie[];
  /** Of the transfers that ended meanwhile. */
  readonly transfers: readonly EventNamed<'transfer'>[];
}

/** What the captures and journals of a demo hold, by what its experiments ask for. */
export class Observations {
  readonly frames: Frame[] = [];
  readonly #byProfile = new Map<string, { ties: Tie[]; transfers: EventNamed<'transfer'>[] }>();
  readonly #run: Pick<Run, 'starts'>;

  constructor(run: Pick<Run, 'starts'>) {
    this.#run = run;
  }

  static async read(capture: Capture, run: Run): Promise<Observations> {
    const observations = new Observations(run);
    await joinCapture(capture, run, {
      tie: (tie, regime) => observations.addTie(tie, regime?.profile),
      loose: () => undefined,
      frame: (frame) => observations.addFrame(frame),
      entry: (entry, regimes) => {
        if (!isEvent(entry) || entry.event !== 'transfer') return;
        observations.addTransfer(entry, regimes.of('echo-udp')?.profile);
      },
    });
    return observations;
  }

  addFrame(frame: Frame): void {
    if (this.frames.length < MOST_FRAMES) this.frames.push(frame);
  }

  addTie(tie: Tie, profile?: string): void {
    this.#of(deciderOf(tie.entry), profile).ties.push(tie);
  }

  /** @param entry tells how a transfer ended */
  addTransfer(entry: EventNamed<'transfer'>, profile?: string): void {
    this.#of('echo-udp', profile).transfers.push(entry);
  }

  /** What was decided at a server under a profile, in the order of the journal. */
  under(decider: Decider, profile: string): Observed {
    const { ties, transfers } = this.#of(decider, profile);
    return { ties: ties.sort((a, b) => a.entry.id - b.entry.id), transfers };
  }

  /** Frames while the echo server was a sink. */
  sunk(): readonly Frame[] {
    const sunk = sinkStretches(this.#run);
    return this.frames.filter(
      ({ time, server }) => server === 'echo' && sunk.some(({ from, to }) => time >= from && time < to),
    );
  }

  frame(number: number | undefined): Frame | undefined {
    return this.frames.find((frame) => frame.number === number);
  }

  #of(decider: Decider, profile = ''): { ties: Tie[]; transfers: EventNamed<'transfer'>[] } {
    const key = `${decider} ${profile}`;
    const known = this.#byProfile.get(key) ?? { ties: [], transfers: [] };
    this.#byProfile.set(key, known);
    return known;
  }
}
