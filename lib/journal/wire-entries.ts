import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEntry, readEntryLines } from './lines.ts';
import { isWireEntry, type WireDecision, type WireEntry } from './wire-schema.ts';

const NAME = 'wire.log';

/** Whether a run had a wire that wrote a journal. */
export async function hasWireJournal(folder: string): Promise<boolean> {
  const found = await stat(join(folder, NAME)).catch(() => undefined);
  return found !== undefined && found.size > 0;
}

/** Reads the journal of the wire, in order. */
export function readWireEntries(folder: string): AsyncGenerator<WireEntry, undefined> {
  return readEntryLines(join(folder, NAME), hasTime);
}

/** The entry in a line of wire.log; undefined when the line is none. */
export function wireEntryIn(line: string): WireEntry | undefined {
  return parseEntry(line, hasTime);
}

/** Whether an entry is a decision about a packet. */
export function isWireDecision(entry: WireEntry): entry is WireDecision {
  return !('event' in entry);
}

/** When an entry was written, in seconds since 1970. Journals have milliseconds. */
export function wireTimeOf({ timestamp }: Pick<WireEntry, 'timestamp'>): number {
  return Date.parse(timestamp) / 1000;
}

function hasTime(value: unknown): value is WireEntry {
  return isWireEntry(value) && !Number.isNaN(wireTimeOf(value));
}
