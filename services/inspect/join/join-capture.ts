import type { Capture } from '../capture-files.ts';
import { deciderOf, type Entry, isEvent, readEntries } from '../entries.ts';
import { Exposing, type OnExposed } from '../exposure/exposing.ts';
import { type Frame, Seen } from '../frames.ts';
import { readFrames } from '../read-frames.ts';
import { type Regime, Regimes, type Run, sinkStretches } from '../run.ts';
import { join } from './join.ts';
import type { HandshakeTie, Loose, Tie } from './tie.ts';

export interface FoundInCapture {
  tie(tie: Tie, regime: Regime | undefined): void;
  loose(loose: Loose): void;
  /** Handshakes that failed, tied or not: at the end of their connections. */
  handshake?(tie: HandshakeTie): void;
  /** Entries, as they come; events too. */
  entry?(entry: Entry, regimes: Regimes): void;
  /** Frames of the servers, as they come. */
  frame?(frame: Frame): void;
  /** What frames expose, those of other servers too. */
  exposed?: OnExposed;
}

/** Joins the captures of one host with the journals beside them. */
export async function joinCapture(capture: Capture, run: Run, found: FoundInCapture): Promise<Seen> {
  const seen = new Seen();
  const regimes = new Regimes(run);
  const exposing = found.exposed && new Exposing(run.ports, found.exposed);
  // A tie is found later than its entry was read, under what may be another regime.
  const regimeOf = new WeakMap<Entry, Regime>();
  await join({
    frames: readFrames(capture, run.ports, {
      seen,
      onCarried: exposing && ((carried) => exposing.take(carried)),
    }),
    entries: readEntries(capture.folder),
    seen,
    onlyClient: capture.name === 'client' ? run.addresses.client : undefined,
    decided() {
      const { profile, of } = regimes.of('echo-udp') ?? {};
      return profile !== 'none' && of !== 'messages';
    },
    isJournaled: journaledIn(run),
    onFrame: (frame) => found.frame?.(frame),
    onEntry(entry) {
      regimes.advance(entry);
      if (!isEvent(entry)) {
        const regime = regimes.of(deciderOf(entry));
        if (regime) regimeOf.set(entry, regime);
      }
      found.entry?.(entry, regimes);
    },
    found: {
      tie: (tie) => found.tie(tie, regimeOf.get(tie.entry)),
      loose: (loose) => found.loose(loose),
    },
    onHandshake: (tie) => found.handshake?.(tie),
  });
  exposing?.end();
  return seen;
}

/** Tells of frames whether a journal speaks of them: of what the echo server only takes in none does. */
function journaledIn(run: Run): (frame: Frame) => boolean {
  const sunk = sinkStretches(run);
  return ({ server, time }) => server !== 'echo' || !sunk.some(({ from, to }) => time >= from && time < to);
}
