import type { Run } from '#lib/journal/run.ts';
import { checkSheet } from '../checks/check-sheet.ts';
import { allowedFor } from '../sheet/answers.ts';
import { readAssignment } from '../sheet/assignment.ts';
import { readCompleteSheet } from '../sheet/place-problems.ts';
import { readRightChoices } from '../sheet/read-sheet.ts';
import { type FrameOf, forStudent, type StudentResult } from '../sheet/result.ts';
import type { Sheet } from '../sheet/schema.ts';

export interface CheckParts {
  readonly folder: string;
  readonly sheets: string;
  readonly run: Run;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** `make check`: says of each question whether it is done. Returns 0 when all are, else 1. */
export async function check({ folder, json, print, run, sheets }: CheckParts): Promise<number> {
  const assignment = await readAssignment(folder);
  const { sheet: name } = assignment;
  const [sheet, rightChoices] = await Promise.all([
    readCompleteSheet(sheets, name),
    readRightChoices(sheets, name),
  ]);
  const results = forStudent(await checkSheet({ folder, sheet, assignment, run, rightChoices }));
  const points = results.reduce((sum, result) => sum + result.points, 0);
  const scored = results.reduce((sum, result) => sum + result.scored, 0);
  if (json) print(JSON.stringify({ ...assignment, points, scored, results }));
  else for (const line of describe(results, sheet)) print(line);
  if (!json) print(`\n${scored} of ${points} points`);
  return scored === points ? 0 : 1;
}

const LABELS = { done: 'done   ', 'not-yet': 'not yet', wrong: 'wrong  ' } as const;

function* describe(results: readonly StudentResult[], { questions }: Sheet): Generator<string> {
  const width = Math.max(...results.map(({ question }) => question.length));
  for (const [at, result] of results.entries()) {
    const { answer, frames, hint, points, question, reason, scored, state } = result;
    yield `${question.padStart(width)}  ${LABELS[state]}  ${scored}/${points}  ${reason}`;
    const indent = ' '.repeat(width + 2);
    const allowed = answer === undefined && allowedFor(questions[at]!);
    if (state === 'not-yet' && allowed) yield `${indent}make answer Q=${question} A=…   (${allowed})`;
    if (hint !== undefined) yield `${indent}${hint}`;
    if (frames.length > 0) yield `${indent}${describeFrames(frames)}`;
  }
}

const MOST_FRAMES = 6;

function describeFrames(frames: readonly FrameOf[]): string {
  const captures = [...new Set(frames.map(({ capture }) => capture))];
  return captures
    .map((capture) => {
      const numbers = frames.filter((one) => one.capture === capture).map(({ number }) => number);
      const some = numbers.slice(0, MOST_FRAMES).join(', ');
      const more = numbers.length > MOST_FRAMES ? ', …' : '';
      return `${capture}.pcap: ${numbers.length === 1 ? 'frame' : 'frames'} ${some}${more}`;
    })
    .join('; ');
}
