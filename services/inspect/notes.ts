import type { Capture } from './capture-files.ts';
import { FrameComments } from './frame-comments.ts';
import { joinCapture } from './join/join-capture.ts';
import type { Run } from './run.ts';
import { ToolError } from './tool.ts';

/** What the journals say of each frame of a capture, a line an entry; nothing when it can't be read. */
export async function notesOf(capture: Capture, run: Run): Promise<(frame: number) => string | undefined> {
  const comments = new FrameComments();
  await joinCapture(capture, run, {
    tie: (tie, regime) => comments.add(tie, regime),
    handshake: (tie) => comments.addHandshake(tie),
    loose: () => undefined,
  }).catch((error: unknown) => {
    if (!(error instanceof ToolError)) throw error;
  });
  return (frame) => comments.of(frame)?.join('\n');
}
