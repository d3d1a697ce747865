import type { Log } from '#lib/runtime/log.ts';
import { Journal, type JournalEvent } from './journal.ts';
import type { Entry, EventEntry, EventName, EventNamed } from './schema.ts';

/** The fields of an event, without its time and its number. */
export type EventDetail<Name extends EventName> = Omit<EventNamed<Name>, 'timestamp' | 'id' | 'event'>;

/** Journals an event: anything that is not a decision. */
export type Note = <Name extends EventName>(event: Name, detail: EventDetail<Name>) => Promise<void>;

/**
 * Opens a program's journal. Logs and journals a torn last line, and what happens to the file later.
 *
 * @template Line what it writes besides the events of every journal
 */
export async function openJournal<Line extends object = Entry>(
  path: string,
  { log, now }: { readonly log: Log; readonly now: () => Date },
): Promise<{ readonly journal: Journal<Line | EventEntry>; readonly note: Note }> {
  const journal = await Journal.open<Line | EventEntry>(path, { onEvent });
  const note: Note = (event, detail) =>
    journal.append({
      timestamp: now().toISOString(),
      event,
      id: journal.nextId(),
      ...detail,
    } as unknown as EventNamed<typeof event>);
  if (journal.torn) {
    log.warn(
      `the last line of ${path} was incomplete: its ${journal.torn.bytes} bytes are now in the event "torn"`,
    );
    await note('torn', journal.torn);
  }
  return { journal, note };

  function onEvent(event: JournalEvent): void {
    const { text, detail } = describe(path, event);
    log.warn(text);
    if (detail) note('journal', detail).catch((error) => log.error(`the journal can't be written: ${error}`));
  }
}

/** The line for the log and, when entries are lost, the event for the journal. */
function describe(
  path: string,
  event: JournalEvent,
): { readonly text: string; readonly detail?: EventDetail<'journal'> } {
  switch (event.what) {
    case 'waits':
      return { text: `entries wait until ${path} can be written: ${event.error}` };
    case 'resumed': {
      const { entries, refused } = event;
      const text = `${path} can be written again: ${entries} entries waited, ${refused} were refused`;
      return refused > 0 ? { text, detail: { state: 'refused', entries: refused } } : { text };
    }
    case 'cut':
      return {
        text: `${path} was shortened by another program: ${event.bytes} bytes are gone`,
        detail: { state: 'cut', bytes: event.bytes },
      };
    case 'replaced':
      return {
        text: `${path} was deleted or replaced when it had ${event.bytes} bytes: the journal continues in a new file`,
        detail: { state: 'replaced', bytes: event.bytes },
      };
    case 'unwritten':
      return { text: `these entries were not written to ${path}:\n${event.lines.trimEnd()}` };
  }
}
