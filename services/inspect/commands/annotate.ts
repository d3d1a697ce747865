import { basename } from 'node:path';
import { aboutCapture, versionsOf } from '../about.ts';
import { type Annotated, annotate } from '../annotate.ts';
import { findCapture } from '../capture-files.ts';
import type { Run } from '../run.ts';

export interface AnnotateParts {
  /** Of the captures, and where what is written goes. */
  readonly folder: string;
  readonly run: Run;
  readonly print: (line: string) => void;
}

/** `make annotate`: returns the exit code. */
export async function annotateCaptures(
  names: readonly string[],
  { folder, run, print }: AnnotateParts,
): Promise<number> {
  const versions = await versionsOf(run);
  for (const name of names) {
    const capture = await findCapture(name, folder);
    print(describe(await annotate(capture, run, aboutCapture(capture, run, versions), folder)));
  }
  return 0;
}

function describe({ path, entries, comments, untied, loose, cut }: Annotated): string {
  const lines = [`captures/${basename(path)}  ${comments} comments of ${entries} journal entries`];
  if (untied > 0) lines.push(`  ${untied} entries are not borne out by the packets: make report lists them`);
  if (loose > 0) lines.push(`  ${loose} exchanges are in no journal: make report lists them`);
  if (cut !== undefined) lines.push(`  the capture breaks off: ${cut}`);
  return lines.join('\n');
}
