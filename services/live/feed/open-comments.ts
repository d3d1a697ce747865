import { describeOpen } from '#analysis/join/describe.ts';
import type { Open } from '#analysis/join/matching.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { Decision } from '#lib/journal/schema.ts';
import type { Comment } from '../contract.ts';
import { subjectOf } from './comments.ts';

/** Most answers are sent within this time, in seconds. */
const SOON = 0.3;
/** The most decisions that wait for an answer. */
const MOST = 2_000;

interface Waiting {
  readonly open: Open;
  comment: Comment | undefined;
}

/** The frames of the server that get a comment for a while, or lose it. */
export interface OpenChange {
  readonly frame: number;
  readonly comment: Comment;
  readonly isOver: boolean;
}

/** Comments on requests whose answer is late or never comes, until their entries have a verdict. */
export class OpenComments {
  readonly #waiting = new Map<Decision, Waiting>();

  take(open: Open): void {
    this.#waiting.set(open.entry, { open, comment: undefined });
    if (this.#waiting.size > MOST) this.#waiting.delete(this.#waiting.keys().next().value!);
  }

  /** An entry has its verdict. */
  settle(entry: Decision): OpenChange | undefined {
    const waiting = this.#waiting.get(entry);
    this.#waiting.delete(entry);
    if (!waiting?.comment) return undefined;
    return { frame: waiting.open.request.number, comment: waiting.comment, isOver: true };
  }

  /** Those that have waited for long enough, at a time in seconds since 1970. */
  moveTo(now: number): OpenChange[] {
    const changes: OpenChange[] = [];
    for (const waiting of this.#waiting.values()) {
      const { entry, request } = waiting.open;
      if (waiting.comment || timeOf(entry) + SOON > now) continue;
      waiting.comment = { ...subjectOf(entry), text: describeOpen(waiting.open), verdict: 'unknown' };
      changes.push({ frame: request.number, comment: waiting.comment, isOver: false });
    }
    return changes;
  }
}
