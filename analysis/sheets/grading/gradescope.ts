import { safeLines } from '#lib/text/readable.ts';
import { type FlagName, meanings } from './flags.ts';
import type { HandIn } from './hand-in.ts';

/*
 * The results in the form of Gradescope's autograder,
 * https://gradescope-autograders.readthedocs.io/en/latest/specs/#output-format. Students see the questions, and why
 * nothing was graded. Other flags are for the teacher alone, so their visibility is `hidden`.
 */

/** Flags that explain to a student why there are no points. */
const told: readonly FlagName[] = [
  ...(['unreadable', 'strange-archive', 'too-large', 'not-judged'] as const),
  ...(['file-missing', 'assignment-wrong', 'sheet-unknown'] as const),
];

/** The results: one object for one hand-in, as Gradescope reads it; for several, a list of them. */
export function gradescopeOf(handIns: readonly HandIn[]): string {
  const all = handIns.map(resultsOf);
  return `${JSON.stringify(all.length === 1 ? all[0] : all, null, 2)}\n`;
}

function resultsOf({ file, student, sheet, scored, seconds, judged, flags }: HandIn): object {
  return {
    score: scored,
    execution_time: Math.round(seconds),
    output_format: 'text',
    visibility: 'visible',
    tests: [
      ...judged.results.map(({ question, kind, points, scored: of, state, reason, hint }) => ({
        name: `question ${safeLines(question)} (${safeLines(kind)})`,
        number: safeLines(question),
        score: of,
        max_score: points,
        status: state === 'done' ? 'passed' : 'failed',
        output: safeLines([reason, ...(hint ? [hint] : [])].join('\n')),
        output_format: 'text',
        visibility: 'visible',
      })),
      ...flags.map(({ flag, details }) => ({
        name: flag,
        score: 0,
        max_score: 0,
        status: 'failed',
        output: safeLines([meanings[flag], ...details].join('\n')),
        output_format: 'text',
        visibility: told.includes(flag) ? 'visible' : 'hidden',
      })),
    ],
    extra_data: {
      ...{ file: safeLines(file), student: safeLines(student), sheet: safeLines(sheet) },
      answers: Object.fromEntries(
        judged.results.flatMap(({ question, answers }) => (answers ? [[safeLines(question), answers]] : [])),
      ),
    },
  };
}
