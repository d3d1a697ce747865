import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { type FlowEntry, isFlowEntry } from './flow-schema.ts';

/** Reads flow.log in order. A run without flows has none. Skips lines that are no entries. */
export async function* readFlowEntries(folder: string): AsyncGenerator<FlowEntry, undefined> {
  const file = await open(join(folder, 'flow.log')).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (!file) return;
  for await (const line of file.readLines()) {
    const entry = parse(line);
    if (entry) yield entry;
  }
}

function parse(line: string): FlowEntry | undefined {
  try {
    const entry = JSON.parse(line);
    return isFlowEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}
