import { basename, join } from 'node:path';
import { aboutCapture, versionsOf } from '../about.ts';
import { type Annotated, annotate } from '../annotate.ts';
import { findCapture, hosts } from '../capture-files.ts';
import type { Run } from '../run.ts';

export interface AnnotateParts {
  /** Of the captures, and where what is written goes. */
  readonly folder: string;
  /** The same folder as the person who asked opens it. */
  readonly shownAs: string;
  readonly runIn: (folder: string) => Promise<Run>;
  readonly print: (line: string) => void;
}

/** `make annotate`: returns the exit code. */
export async function annotateCaptures({ folder, shownAs, runIn, print }: AnnotateParts): Promise<number> {
  for (const name of hosts) {
    const capture = await findCapture(name, folder);
    const run = await runIn(capture.folder);
    const about = aboutCapture(capture, run, await versionsOf(run));
    print(describe(await annotate(capture, run, about, folder), shownAs));
  }
  return 0;
}

function describe({ path, entries, comments, untied, loose, cut }: Annotated, folder: string): string {
  const lines = [
    `${join(folder, basename(path))}  ${comments} ${comments === 1 ? 'comment' : 'comments'} of ${entries} journal ${entries === 1 ? 'entry' : 'entries'}`,
  ];
  if (untied > 0)
    lines.push(`  entries that the packets contradict: ${untied}; make inspect ENTRIES=1 lists them`);
  if (loose > 0)
    lines.push(`  exchanges that are in no journal: ${loose}; make inspect ENTRIES=1 lists them`);
  if (cut !== undefined) lines.push(`  the capture breaks off: ${cut}`);
  return lines.join('\n');
}
