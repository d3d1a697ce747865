import { open } from 'node:fs/promises';

/** Whether a parsed line is an entry of a journal. */
type IsEntry<Entry> = (value: unknown) => value is Entry;

/** Reads a journal, in order. Skips lines that are no entries. A run without the journal has none. */
export async function* readEntryLines<Entry>(
  path: string,
  isEntry: IsEntry<Entry>,
): AsyncGenerator<Entry, undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (!file) return;
  for await (const line of file.readLines()) {
    const entry = parseEntry(line, isEntry);
    if (entry) yield entry;
  }
}

/** An entry, or undefined when the line is none. */
export function parseEntry<Entry>(line: string, isEntry: IsEntry<Entry>): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
