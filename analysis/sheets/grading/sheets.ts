import type { Run } from '#lib/journal/run.ts';
import type { Assignment } from '../hand-in/manifest.ts';
import type { JudgedResult } from './judged.ts';

/** What grading asks of the sheets. */
export interface Sheets {
  labSeedOf(assignment: Assignment): string;
  /** The address of the client host in a subnet, beside those that are taken. */
  clientAddressOf(
    assignment: Assignment,
    place: { readonly subnet: string; readonly taken: readonly string[] },
  ): string;
  /** The results of all questions of a run; undefined when there is no such sheet. */
  check(assignment: Assignment, folder: string, run: Run): Promise<readonly JudgedResult[] | undefined>;
}
