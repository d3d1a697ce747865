import type { Capture } from '#analysis/capture/capture-files.ts';
import { Seen } from '#analysis/capture/seen.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import { ExposedByFrame } from '#analysis/exposure/exposed-by-frame.ts';
import { FrameComments } from '#analysis/join/frame-comments.ts';
import { type Finding, join } from '#analysis/join/join.ts';
import type { Run } from '#lib/journal/run.ts';
import type { ShowOptions } from './show.ts';
import type { Form } from './table.ts';

/** What is known of the frames of a capture beside what each of them says. */
export interface Notes {
  /** What the journals say, a line an entry. */
  noteOf(frame: number): string | undefined;
  /** What it exposes, with those before it that belong to it. */
  exposedBy(frame: number): readonly Exposure[];
  readonly form: Form;
}

/** What a body says stands in its dumps; only JSON tells it once more. */
const BODY: Exposure = { what: 'body', text: '' };

/** Reads a capture for what there is to note, and to show so; nothing when it can't be read. */
export async function notesOf(
  capture: Capture,
  run: Run,
  { filter, follow, json, last }: Omit<ShowOptions, 'ports'>,
): Promise<Notes> {
  const comments = new FrameComments();
  const exposed = new ExposedByFrame();
  // Of which frames the last ones are shown is known here only when all are.
  const kept = follow || filter?.trim() ? undefined : last;
  const seen = await read(join({ capture, run, exposures: true }), (finding) => {
    if (finding.kind === 'exposed') {
      const { frame, exposure } = finding;
      exposed.add(frame, json || exposure.what !== 'body' ? exposure : BODY);
      if (kept !== undefined) exposed.dropBefore(frame - kept + 1);
    } else if (finding.kind === 'match' || finding.kind === 'handshake') comments.add(finding);
  });
  return {
    noteOf: (frame) => comments.of(frame)?.join('\n'),
    exposedBy: (frame) => exposed.by(frame),
    form: { longestAddress: seen.longestAddress, digits: seen.hasNanoseconds ? 9 : 6 },
  };
}

/** Takes all findings of a capture; of one that can't be read there are none. */
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
