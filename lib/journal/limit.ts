import { CalmCount } from '#lib/runtime/calm-count.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Note } from './open-journal.ts';

export interface LimitParts {
  readonly log: Log;
  readonly note: Note;
  readonly timer: Timer;
}

/** A bound on what clients may hold, and the name of its setting. */
export interface Limit {
  readonly setting: string;
  readonly allowed: number;
  /** Something came on top of it, and was refused. */
  exceeded(): void;
}

export interface ToldLimit extends Limit {
  /** Says what was not said yet. */
  close(): void;
}

/** A limit that says in the log and in the journal how often it was exceeded, once a second. */
export function createLimit(setting: string, allowed: number, { log, note, timer }: LimitParts): ToldLimit {
  const count = new CalmCount(timer, (refused) => {
    log.warn(`${setting} is ${allowed}: ${refused} more were refused within a second`);
    note('limit', { setting, allowed, refused }).catch((error) =>
      log.error(`the journal can't be written: ${error}`),
    );
  });
  return { setting, allowed, exceeded: () => count.add(), close: () => count.flush() };
}
