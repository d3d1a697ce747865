import type { Journal } from '#lib/journal/journal.ts';
import { openJournal } from '#lib/journal/open-journal.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { CalmCount } from '#lib/runtime/calm-count.ts';
import type { Log } from '#lib/runtime/log.ts';
import { type Timer, timer } from '#lib/runtime/timer.ts';
import { timestamps } from '#lib/runtime/timestamps.ts';
import type { Direction } from './conditions/conditions.ts';
import type { Texts } from './conditions/sides.ts';
import type { WireStatus } from './control.ts';

type Entry = Record<string, unknown>;

export interface WireJournalParts {
  readonly log: Log;
  readonly now: () => Date;
  readonly timer?: Timer;
}

/** The journal of the wire. Entries that can't be written are reported once a second, and the wire goes on. */
export class WireJournal {
  readonly #journal: Journal<WireEntry | object>;
  readonly #log: Log;
  readonly #now: () => string;
  readonly #refused: CalmCount;
  #why: unknown;

  private constructor(
    journal: Journal<WireEntry | object>,
    { log, now, timer: time = timer }: WireJournalParts,
  ) {
    this.#journal = journal;
    this.#log = log;
    this.#now = timestamps(now);
    this.#refused = new CalmCount(time, (entries) =>
      log.error(`${entries} entries can't be written to the journal: ${this.#why}`),
    );
  }

  static async open(path: string, parts: WireJournalParts): Promise<WireJournal> {
    const { journal } = await openJournal<WireEntry>(path, parts);
    return new WireJournal(journal, parts);
  }

  append(entry: Entry): void {
    this.#journal
      .append({ timestamp: this.#now(), id: this.#journal.nextId(), ...entry })
      .catch((error: unknown) => {
        this.#why = error;
        this.#refused.add();
      });
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

  /** Journals that nothing is in force any more. */
  async close(): Promise<void> {
    this.append({ event: 'end' });
    await this.#journal.close();
    this.#refused.flush();
  }
}
