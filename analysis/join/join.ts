import type { Capture } from '#analysis/capture/capture-files.ts';
import type { FieldName } from '#analysis/capture/fields.ts';
import type { Frame } from '#analysis/capture/frames.ts';
import { type ReadParts, readFrames } from '#analysis/capture/read-frames.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Talk } from '#analysis/capture/truncated-frames.ts';
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

/** What is found in a capture and its journals, in order. */
export type Finding =
  | MatchFinding
  /** What a frame exposes, also one of another server. */
  | { readonly kind: 'exposed'; readonly frame: number; readonly exposure: Exposure }
  /** The end of the capture, and what was seen in it. */
  | { readonly kind: 'end'; readonly seen: Seen };

export interface JoinParts<Name extends FieldName = never> {
  readonly capture: Capture;
  readonly run: Run;
  /** Whether frames of the servers, and what frames expose, are findings too. */
  readonly frames?: boolean;
  readonly exposures?: boolean;
  /** Receives the packets too. */
  readonly reading?: Pick<ReadParts<Name>, 'fields' | 'onPackets'>;
}

/** Matches the capture of one host with the journals in its folder. */
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
    else if (!isTruncated(finding, seen)) yield finding;
  }
  if (exposing) exposing.end();
  yield* exposed;
  yield { kind: 'end', seen };
}

/**
 * Turns contradictions into unknowns where the capture can't tell: in a gap that the sidecar recorded, before the first
 * captured packet, and where frames of the connection were truncated.
 */
function excuses({ name }: Capture, { gaps = [] }: Run, { truncatedFrames }: Seen) {
  const own = gaps.filter(({ host }) => host === name);
  return <Kind extends MatchUnder | HandshakeMatch>(match: Kind): Kind => {
    const isOutside = match.reason === 'before-capture';
    if (!isContradicted(match) && !isOutside) return match;
    const { entry } = match;
    const decided = timeOf(entry);
    const delay = 'delay_ms' in entry ? Number(entry.delay_ms) / 1000 : 0;
    const within = { from: decided - AROUND, to: decided + delay + AROUND };
    if (!isOutside && truncatedFrames.has(talkOf(entry), within)) return { ...match, reason: 'truncated' };
    const isIn = own.some(({ from, to }) => within.to > from && within.from < to);
    return isIn ? { ...match, reason: 'capture-gap' } : match;
  };
}

function isTruncated(finding: MatchFinding, { truncatedFrames }: Seen): boolean {
  if (finding.kind !== 'unjournaled' && finding.kind !== 'unread') return false;
  return finding.frames.some(({ time }) =>
    truncatedFrames.has(finding, { from: time - AROUND, to: time + AROUND }),
  );
}

function talkOf(entry: Decision | HandshakeEvent): Talk {
  const client = clientOf(entry) ?? '';
  if (isHandshake(entry)) return { server: entry.server, transport: 'tcp', client };
  return isHttp(entry)
    ? { server: 'http', transport: 'tcp', client }
    : { server: 'echo', transport: entry.protocol, client };
}

/** Whether a frame has a journal entry: the echo server journals nothing while it is a sink. */
function journaledIn(run: Run): (frame: Frame) => boolean {
  const sunk = sinkStretches(run);
  return ({ server, time }) => server !== 'echo' || !sunk.some(({ from, to }) => time >= from && time < to);
}
