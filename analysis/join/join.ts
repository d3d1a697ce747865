import type { Capture } from '#analysis/capture/capture-files.ts';
import type { FieldName } from '#analysis/capture/fields.ts';
import type { Frame } from '#analysis/capture/frames.ts';
import { type ReadParts, readFrames } from '#analysis/capture/read-frames.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Talk } from '#analysis/capture/truncated-frames.ts';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import { Exposing } from '#analysis/exposure/exposing.ts';
import { mayLackPackets } from '#lib/journal/capture-records.ts';
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
import type { Disturbed } from './disturbed.ts';
import type { HandshakeMatch, Unjournaled } from './finding.ts';
import { type MatchFinding, Matching, type MatchUnder, matches } from './matching.ts';
import { AROUND, LATE, SLACK } from './times.ts';
import { isContradicted, type Reason } from './verdicts.ts';

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
  /** What the wire between the hosts did to the packets of this capture. */
  readonly disturbed?: Disturbed | undefined;
  /** Receives the packets too. */
  readonly reading?: Pick<ReadParts<Name>, 'fields' | 'onPackets'>;
}

/** Matches the capture of one host with the journals in its folder. */
export async function* join<Name extends FieldName = never>({
  capture,
  run,
  frames,
  exposures,
  disturbed,
  reading,
}: JoinParts<Name>): AsyncGenerator<Finding> {
  const seen = new Seen();
  const joining = new Joining({ name: capture.name, run, seen, frames, disturbed });
  const exposed: Finding[] = [];
  const exposing =
    exposures && new Exposing((frame, exposure) => exposed.push({ kind: 'exposed', frame, exposure }));
  const read = readFrames(capture, run.ports, {
    ...reading,
    seen,
    skips: disturbed && ((frame) => disturbed.skips(frame)),
    onCarried: exposing ? (carried) => exposing.take(carried) : undefined,
  });
  for await (const finding of matches(joining.matching, read, readEntries(capture.folder))) {
    yield* exposed.splice(0);
    yield* joining.judged(finding);
  }
  if (exposing) exposing.end();
  yield* exposed;
  yield { kind: 'end', seen };
}

export interface JoiningParts extends Pick<JoinParts, 'run' | 'frames' | 'disturbed'> {
  /** The name of the capture. */
  readonly name: string;
  readonly seen: Seen;
  /** Whether decisions that wait for an answer are findings too. */
  readonly withOpen?: boolean | undefined;
}

/** The matching of the capture of one host, and what its findings mean in this run. */
export class Joining {
  readonly matching: Matching;
  readonly activeProfiles: ActiveProfiles;
  readonly #parts: JoiningParts;
  readonly #excused: ReturnType<typeof excuses>;

  constructor(parts: JoiningParts) {
    const { name, run, seen, frames, withOpen, disturbed } = parts;
    this.#parts = parts;
    this.#excused = excuses(parts);
    this.activeProfiles = new ActiveProfiles(run);
    this.matching = new Matching({
      seen,
      activeProfiles: this.activeProfiles,
      onlyClient: name === 'client' ? run.addresses.client : undefined,
      isJournaled: journaledIn(run),
      isSure: disturbed && ((entry) => !isDisturbed(entry, disturbed)),
      withFrames: frames,
      withOpen,
    });
  }

  /** A finding of the matching with its reason in this run; none where packets were truncated or lost on the way. */
  judged(finding: MatchFinding): MatchFinding[] {
    const { seen, disturbed } = this.#parts;
    if (finding.kind === 'match' || finding.kind === 'handshake') return [this.#excused(finding)];
    if (isAdded(finding, disturbed)) return [{ ...finding, kind: 'added' }];
    return isTruncated(finding, seen) || isLost(finding, disturbed) ? [] : [finding];
  }
}

/**
 * Turns contradictions into unknowns where the capture can't tell. It can't in a gap that the sidecar recorded, before the
 * first captured packet, and where frames of the connection were truncated. It neither can where the wire lost or altered
 * packets of the conversation.
 */
function excuses({ name, run, seen: { truncatedFrames }, disturbed }: JoiningParts) {
  /** Why an entry outside of what the capture shows is unknown; undefined if it is not. */
  const excuse = ({ entry, reason }: MatchUnder | HandshakeMatch): Reason | undefined => {
    const decided = timeOf(entry);
    const delay = 'delay_ms' in entry ? Number(entry.delay_ms) / 1000 : 0;
    const within = { from: decided - AROUND, to: decided + delay + AROUND };
    const isOutside = reason === 'before-capture';
    if (!isOutside && truncatedFrames.has(talkOf(entry), within)) return 'truncated';
    if (mayLackPackets(run.gaps, name, { from: decided, to: decided + delay })) return 'capture-gap';
    return !isOutside && disturbed && isDisturbed(entry, disturbed) ? 'lost-on-the-way' : undefined;
  };
  return <Kind extends MatchUnder | HandshakeMatch>(found: Kind): Kind => {
    const match = disturbed ? withoutOthers(found, disturbed) : found;
    if (!isContradicted(match) && match.reason !== 'before-capture') return match;
    return { ...match, reason: excuse(match) ?? match.reason };
  };
}

function isTruncated(finding: MatchFinding, { truncatedFrames }: Seen): boolean {
  if (finding.kind !== 'unjournaled' && finding.kind !== 'unread') return false;
  return finding.frames.some(({ time }) =>
    truncatedFrames.has(finding, { from: time - AROUND, to: time + AROUND }),
  );
}

/** Whether packets without an entry are those that the wire made. */
function isAdded(finding: MatchFinding, disturbed: Disturbed | undefined): finding is Unjournaled {
  return finding.kind === 'unjournaled' && finding.frames.every(({ number }) => disturbed?.adds(number));
}

/** Packets without an entry may have been lost on the way to the server, or altered. */
function isLost(finding: MatchFinding, disturbed: Disturbed | undefined): boolean {
  if (finding.kind !== 'unjournaled' || !disturbed) return false;
  return finding.frames.some(({ time }) => disturbed.has(finding, { from: time - AROUND, to: time + LATE }));
}

/** Whether packets of the conversation were lost on the way, altered or doubled when an entry was written. */
function isDisturbed(entry: Decision | HandshakeEvent, disturbed: Disturbed): boolean {
  const decided = timeOf(entry);
  const delay = 'delay_ms' in entry ? Number(entry.delay_ms) / 1000 : 0;
  return disturbed.has(talkOf(entry), { from: decided - AROUND, to: decided + delay + LATE });
}

/** A response from before the entry is that of another one with the same bytes: its own was lost on the way. */
function withoutOthers<Kind extends MatchUnder | HandshakeMatch>(match: Kind, disturbed: Disturbed): Kind {
  const { entry, request, response } = match;
  const isOther = response.some(({ time }) => time < timeOf(entry) - SLACK);
  if (!isOther || isHandshake(entry) || !isDisturbed(entry, disturbed)) return match;
  const none = { response: [], took: undefined, shows: request.at(-1)?.number };
  return { ...match, ...none, reason: 'lost-on-the-way' };
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
  let sunk = sinkStretches(run);
  let starts = run.starts.length;
  return ({ server, time }) => {
    // While a capture grows, a server may start again.
    if (run.starts.length !== starts) sunk = sinkStretches(run);
    starts = run.starts.length;
    return server !== 'echo' || !sunk.some(({ from, to }) => time >= from && time < to);
  };
}
