import { Journal } from './journal.ts';
import type { Log } from './log.ts';

/** Journals what happens to a server beside its decisions. */
export type Note = (event: string, detail: object) => Promise<void>;

/** Opens a server's journal, and says and journals it when its last line was cut off. */
export async function openJournal(
  path: string,
  { log, now }: { readonly log: Log; readonly now: () => Date },
): Promise<{ readonly journal: Journal; readonly note: Note }> {
  const journal = await Journal.open(path);
  const note: Note = (event, detail) =>
    journal.append({ timestamp: now().toISOString(), event, id: journal.nextId(), ...detail });
  if (journal.torn) {
    log.warn(`the last line of ${path} was cut off: its ${journal.torn.bytes} bytes are set aside`);
    await note('torn', journal.torn);
  }
  return { journal, note };
}
