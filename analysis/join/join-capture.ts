import type { Capture } from '#analysis/capture/capture-files.ts';
import type { Talk } from '#analysis/capture/cut-frames.ts';
import type { Frame } from '#analysis/capture/frames.ts';
import { readFrames } from '#analysis/capture/read-frames.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { Exposing, type OnExposed } from '#analysis/exposure/exposing.ts';
import {
  clientOf,
  deciderOf,
  type HandshakeEvent,
  isEvent,
  isHandshake,
  isHttp,
  readEntries,
  timeOf,
} from '#lib/journal/entries.ts';
import { type Regime, Regimes, type Run, sinkStretches } from '#lib/journal/run.ts';
import type { Decision, Entry } from '#lib/journal/schema.ts';
import { join } from './join.ts';
import type { HandshakeTie, Loose, Tie } from './tie.ts';
import { isContradicted } from './verdicts.ts';

/** The record of a gap has seconds, and an exchange lasts: so long before and after it one may be hit, in seconds. */
const AROUND = 2;

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
  const excused = excuses(capture, run, seen);
  const regimes = new Regimes(run);
  const exposing = found.exposed && new Exposing(found.exposed);
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
      tie: (tie) => found.tie(excused(tie), regimeOf.get(tie.entry)),
      loose(loose) {
        if (!isCut(loose, seen)) found.loose(loose);
      },
    },
    onHandshake: (tie) => found.handshake?.(excused(tie)),
  });
  exposing?.end();
  return seen;
}

/**
 * What is not found contradicts nothing while the sidecar of the host says that packets are missing, nor where those of
 * its connection have been cut: what was cut off may be what is missed.
 */
function excuses({ name }: Capture, { gaps = [] }: Run, { cutFrames }: Seen) {
  const own = gaps.filter(({ host }) => host === name);
  return <Kind extends Tie | HandshakeTie>(tie: Kind): Kind => {
    if (!isContradicted(tie)) return tie;
    const { entry } = tie;
    const decided = timeOf(entry);
    const delay = 'delay_ms' in entry ? Number(entry.delay_ms) / 1000 : 0;
    const within = { from: decided - AROUND, to: decided + delay + AROUND };
    if (cutFrames.has(talkOf(entry), within)) return { ...tie, verdict: 'cut' };
    const isIn = own.some(({ from, to }) => within.to > from && within.from < to);
    return isIn ? { ...tie, verdict: 'gap' } : tie;
  };
}

function isCut(loose: Loose, { cutFrames }: Seen): boolean {
  return loose.frames.some(({ time }) => cutFrames.has(loose, { from: time - AROUND, to: time + AROUND }));
}

function talkOf(entry: Decision | HandshakeEvent): Talk {
  const client = clientOf(entry) ?? '';
  if (isHandshake(entry)) return { server: entry.server, transport: 'tcp', client };
  return isHttp(entry)
    ? { server: 'http', transport: 'tcp', client }
    : { server: 'echo', transport: entry.protocol, client };
}

/** Tells of frames whether a journal speaks of them: of what the echo server only takes in none does. */
function journaledIn(run: Run): (frame: Frame) => boolean {
  const sunk = sinkStretches(run);
  return ({ server, time }) => server !== 'echo' || !sunk.some(({ from, to }) => time >= from && time < to);
}
