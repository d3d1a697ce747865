import type { Capture } from '#analysis/capture/capture-files.ts';
import type { Carried } from '#analysis/capture/packet.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import { ExposedByFrame } from '#analysis/exposure/exposed-by-frame.ts';
import type { Disturbed } from '#analysis/join/disturbed.ts';
import { FrameComments } from '#analysis/join/frame-comments.ts';
import { type Finding, join } from '#analysis/join/join.ts';
import { describeWire, shownBy } from '#analysis/wire/describe.ts';
import type { WireFinding } from '#analysis/wire/finding.ts';
import { wireOfRun } from '#analysis/wire/wire-of-run.ts';
import type { Run } from '#lib/journal/run.ts';
import { hosts } from '#lib/lab/hosts.ts';
import type { ShowOptions } from './show.ts';
import type { Form } from './table.ts';
import { TransferFrames } from './transfer-frames.ts';

/** What is known about the frames of a capture besides their own bytes. */
export interface Notes {
  /** The journal entries of a frame, one per line. */
  noteOf(frame: number): string | undefined;
  /** What a frame exposes, together with earlier frames of the same message. */
  exposedBy(frame: number): readonly Exposure[];
  /** Whether a frame belongs to the transfer that was asked for; undefined if none was. */
  readonly isShown: ((carried: Carried | undefined) => boolean) | undefined;
  readonly form: Form;
}

/** An exposed body without its text, which is in the dumps already; JSON has it too. */
const BODY: Exposure = { what: 'body', text: '' };

/** Reads a capture for its notes; there are none if it can't be read. */
export async function notesOf(
  capture: Capture,
  run: Run,
  { filter, follow, json, last, transfer }: Omit<ShowOptions, 'ports'>,
): Promise<Notes> {
  const comments = new FrameComments();
  const disturbed = await disturbedBy(capture, run, comments);
  const exposed = new ExposedByFrame();
  const ofTransfer = transfer === undefined ? undefined : new TransferFrames(transfer);
  // Which frames are the last ones is only known here if all are shown.
  const kept = follow || filter?.trim() || ofTransfer ? undefined : last;
  const seen = await read(
    join({ capture, run, disturbed, exposures: true, frames: ofTransfer !== undefined }),
    (finding) => {
      if (finding.kind === 'frame') ofTransfer?.take(finding.frame);
      else if (finding.kind === 'exposed') {
        const { frame, exposure } = finding;
        exposed.add(frame, json || exposure.what !== 'body' ? exposure : BODY);
        if (kept !== undefined) exposed.dropBefore(frame - kept + 1);
      } else if (hasEntries(finding, capture)) comments.add(finding);
    },
  );
  return {
    noteOf: (frame) => comments.of(frame)?.join('\n'),
    exposedBy: (frame) => exposed.by(frame),
    isShown: ofTransfer && ((carried) => ofTransfer.has(carried)),
    form: { longestAddress: seen.longestAddress, digits: seen.hasNanoseconds ? 9 : 6 },
  };
}

/** Each packet is twice in the capture of the wire, before and after what the wire did, so it shows no entry of a server. */
function hasEntries(
  finding: Finding,
  { name }: Capture,
): finding is Extract<Finding, { kind: 'match' | 'handshake' }> {
  return name !== 'wire' && (finding.kind === 'match' || finding.kind === 'handshake');
}

/** What the wire did to the packets of a host; its decisions become notes. A delay is none, because every packet may have one. */
async function disturbedBy(
  { name, folder }: Capture,
  run: Run,
  comments: FrameComments,
): Promise<Disturbed | undefined> {
  const host = hosts.find((one) => one === name);
  if (!host) return undefined;
  const take = (finding: WireFinding) => {
    if (finding.kind !== 'decision' || finding.entry.fault === 'delay') return;
    const shown = shownBy(finding);
    if (shown.host === host && shown.frame) comments.addLine(shown.frame.number, describeWire(finding));
  };
  return (await wireOfRun(folder, run, [{ take }]))?.of(host);
}

/** Takes all findings of a capture; there are none if it can't be read. */
async function read(findings: AsyncIterable<Finding>, take: (finding: Finding) => void): Promise<Seen> {
  try {
    for await (const finding of findings) {
      if (finding.kind === 'end') return finding.seen;
      take(finding);
    }
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
  }
  return new Seen();
}
