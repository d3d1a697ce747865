import type { Capture } from '#analysis/capture/capture-files.ts';
import type { Talk } from '#analysis/capture/cut-frames.ts';
import type { FieldName } from '#analysis/capture/fields.ts';
import type { Frame } from '#analysis/capture/frames.ts';
import { type ReadParts, readFrames } from '#analysis/capture/read-frames.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import { Exposing } from '#analysis/exposure/exposing.ts';
import {
  clientOf,
  type HandshakeEvent,
  isHandshake,
  isHttp,
  readEntries,
  timeOf,
} from '#lib/journal/entries.ts';
import { ActiveProfiles, type Run, sinkStretches } from '#lib/journal/run.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { HandshakeMatch } from './finding.ts';
import { type MatchFinding, type MatchUnder, matches } from './matching.ts';
import { AROUND } from './times.ts';
import { isContradicted } from './verdicts.ts';

/** What capture and journals say together, in the order in which it is found. */
export type Finding =
  | MatchFinding
  /** What a frame exposes, those of other servers too. */
  | { readonly kind: 'exposed'; readonly frame: number; readonly exposure: Exposure }
  /** The capture ends: what is to be known of it. */
  | { readonly kind: 'end'; readonly seen: Seen };

export interface JoinParts<Name extends FieldName = never> {
  readonly capture: Capture;
  readonly run: Run;
  /** Whether frames of the servers are findings too, and what frames expose. */
  readonly frames?: boolean;
  readonly exposures?: boolean;
  /** Who wants to see the packets too. */
  readonly reading?: Pick<ReadParts<Name>, 'fields' | 'onPackets'>;
}

/** Joins the captures of one host with the journals beside them. */
export async function* join<Name extends FieldName = never>({
  capture,
  run,
  frames,
  exposures,
  reading,
}: JoinParts<Name>): AsyncGenerator<Finding> {
  const seen = new Seen();
  const excused = excuses(capture, run, seen);
  const exposed: Finding[] = [];
  const exposing =
    exposures && new Exposing((frame, exposure) => exposed.push({ kind: 'exposed', frame, exposure }));
  const found = matches({
    frames: readFrames(capture, run.ports, {
      ...reading,
      seen,
      onCarried: exposing ? (carried) => exposing.take(carried) : undefined,
    }),
    entries: readEntries(capture.folder),
    seen,
    activeProfiles: new ActiveProfiles(run),
    onlyClient: capture.name === 'client' ? run.addresses.client : undefined,
    isJournaled: journaledIn(run),
    withFrames: frames,
  });
  for await (const finding of found) {
    yield* exposed.splice(0);
    if (finding.kind === 'match' || finding.kind === 'handshake') yield excused(finding);
    else if (!isCut(finding, seen)) yield finding;
  }
  if (exposing) exposing.end();
  yield* exposed;
  yield { kind: 'end', seen };
}

/**
 * What is not found contradicts nothing while the sidecar of the host says that packets are missing, before the first
 * packet that is left too, nor where those of its connection have been cut: what was cut off may be what is missed.
 */
function excuses({ name }: Capture, { gaps = [] }: Run, { cutFrames }: Seen) {
  const own = gaps.filter(({ host }) => host === name);
  return <Kind extends MatchUnder | HandshakeMatch>(match: Kind): Kind => {
    const isOutside = match.verdict === 'outside';
    if (!isContradicted(match) && !isOutside) return match;
    const { entry } = match;
    const decided = timeOf(entry);
    const delay = 'delay_ms' in entry ? Number(entry.delay_ms) / 1000 : 0;
    const within = { from: decided - AROUND, to: decided + delay + AROUND };
    if (!isOutside && cutFrames.has(talkOf(entry), within)) return { ...match, verdict: 'cut' };
    const isIn = own.some(({ from, to }) => within.to > from && within.from < to);
    return isIn ? { ...match, verdict: 'gap' } : match;
  };
}

function isCut(finding: MatchFinding, { cutFrames }: Seen): boolean {
  if (finding.kind !== 'unjournaled' && finding.kind !== 'unread') return false;
  return finding.frames.some(({ time }) =>
    cutFrames.has(finding, { from: time - AROUND, to: time + AROUND }),
  );
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
