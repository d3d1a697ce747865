import type { Capture } from './capture-files.ts';
import { describeTie } from './describe.ts';
import { joinCapture } from './join/join-capture.ts';
import type { Run } from './run.ts';
import { ToolError } from './tool.ts';

/** What the journals say of each frame of a capture, a line an entry; nothing when it can't be read. */
export async function notesOf(capture: Capture, run: Run): Promise<(frame: number) => string | undefined> {
  const notes = new Map<number, string>();
  await joinCapture(capture, run, {
    tie(tie, regime) {
      if (tie.shows === undefined) return;
      const before = notes.get(tie.shows);
      notes.set(tie.shows, `${before === undefined ? '' : `${before}\n`}${describeTie(tie, regime)}`);
    },
    loose: () => undefined,
  }).catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
  });
  return (frame) => notes.get(frame);
}
