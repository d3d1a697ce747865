import { join } from 'node:path';
import { type FlowEntry, isFlowEntry } from './flow-schema.ts';
import { readEntryLines } from './lines.ts';

/** Reads flow.log in order. A run without flows has none. */
export function readFlowEntries(folder: string): AsyncGenerator<FlowEntry, undefined> {
  return readEntryLines(join(folder, 'flow.log'), isFlowEntry);
}
