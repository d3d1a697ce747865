import type { Journal } from '#lib/journal/journal.ts';
import { openJournal } from '#lib/journal/open-journal.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import type { Log } from '#lib/runtime/log.ts';
import { timestamps } from '#lib/runtime/timestamps.ts';
import type { Direction } from './conditions/conditions.ts';
import type { Texts } from './conditions/sides.ts';
import type { WireStatus } from './control.ts';

type Entry = Record<string, unknown>;

/** The journal of the wire. An entry that can't be written is reported, and the wire goes on. */
export class WireJournal {
  readonly #journal: Journal<WireEntry | object>;
  readonly #log: Log;
  readonly #now: () => string;

  private constructor(journal: Journal<WireEntry | object>, log: Log, now: () => Date) {
    this.#journal = journal;
    this.#log = log;
    this.#now = timestamps(now);
  }

  static async open(
    path: string,
    parts: { readonly log: Log; readonly now: () => Date },
  ): Promise<WireJournal> {
    const { journal } = await openJournal<WireEntry>(path, parts);
    return new WireJournal(journal, parts.log, parts.now);
  }

  append(entry: Entry): void {
    this.#journal
      .append({ timestamp: this.#now(), id: this.#journal.nextId(), ...entry })
      .catch((error: unknown) => this.#log.error(`the journal can't be written: ${error}`));
  }

  /** Journals what is in force, and prints it. */
  report(
    { address, seed, directions: { up, down } }: WireStatus,
    configured: Record<Direction, Texts>,
  ): void {
    const set = { up: up.set, down: down.set };
    this.append({ event: 'wire', address, seed, up: up.conditions, down: down.conditions, set, configured });
    this.#log.info(`Up, client host to server host: ${up.conditions}`);
    this.#log.info(`Down, server host to client host: ${down.conditions}`);
  }

  /** What does not work, in words. */
  problems(): string[] {
    return [this.#journal.check()].filter((problem) => problem !== undefined);
  }

  close(): Promise<void> {
    return this.#journal.close();
  }
}
