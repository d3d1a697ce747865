import { CalmCount } from '#lib/runtime/calm-count.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Note } from './open-journal.ts';

export interface LimitParts {
  readonly log: Log;
  readonly note: Note;
  readonly timer: Timer;
}

/** How much clients may hold, and the name of the setting. */
export interface Limit {
  readonly setting: string;
  readonly allowed: number;
  /** Counts one refusal. */
  exceeded(): void;
}

export interface ReportingLimit extends Limit {
  /** Reports what is not reported yet. */
  close(): void;
}

/** A limit that reports to the log and the journal, once a second, how often it was exceeded. */
export function createLimit(
  setting: string,
  allowed: number,
  { log, note, timer }: LimitParts,
): ReportingLimit {
  const count = new CalmCount(timer, (refused) => {
    log.warn(`${setting} is ${allowed}: ${refused} more were refused within a second`);
    note('limit', { setting, allowed, refused }).catch((error) =>
      log.error(`the journal can't be written: ${error}`),
    );
  });
  return { setting, allowed, exceeded: () => count.add(), close: () => count.flush() };
}
