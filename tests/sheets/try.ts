import { availableParallelism } from 'node:os';
import { numberIn } from '#analysis/sheets/sheet/answers.ts';
import type { Question } from '#analysis/sheets/sheet/schema.ts';
import { pointsOf, Recording, scoredIn } from './recording.ts';
import { recordedFor, recordingOf } from './recordings.ts';
import { wrongAnswer } from './wrong-answer.ts';

// try.ts SHEET…, in the image that reads captures: answers each recorded sheet right and wrong, and prints what it scored,
// as one JSON object: sheet, list of recordings.

/** How many are read at once. */
const AT_ONCE = availableParallelism();

/** What a recorded sheet scored with the answers or the name of another student. */
export interface OfOther {
  readonly student: string;
  /** The points with the answers of the other one. */
  readonly scored: number;
  /** Questions to which the right answer of the other one is wrong, and those of them that scored with it. */
  readonly differing: readonly string[];
  readonly passed: readonly string[];
  /** The points with the run under the name of the other one. */
  readonly asTheirs: number;
}

/** What a recorded sheet scored. */
export interface Tried {
  readonly student: string;
  readonly points: number;
  /** With the answers of the student. */
  readonly scored: number;
  /** What is not done with them. */
  readonly missed: readonly string[];
  readonly nothing: number;
  /** For each question with one wrong answer: what it costs, and what it should. */
  readonly wrong: readonly { question: string; answer: string; cost: number; points: number }[];
  readonly others: readonly OfOther[];
}

async function tried(recording: Recording, others: readonly Recording[]): Promise<Tried> {
  const { answers, assignment } = recording;
  const right = await recording.check(answers);
  const scored = scoredIn(right);
  const wrong: Tried['wrong'][number][] = [];
  for (const [at, { points, question, truth }] of right.entries()) {
    const answer = truth === undefined ? undefined : wrongAnswer(recording.questions[at]!, truth);
    if (answer === undefined) continue;
    const cost = scored - scoredIn(await recording.check(new Map(answers).set(question, answer)));
    wrong.push({ question, answer, cost, points });
  }
  const compared: Tried['others'][number][] = [];
  for (const other of others.filter((one) => one !== recording)) {
    const theirs = await recording.check(other.answers);
    const truths = await other.check(other.answers);
    const differing = right.flatMap((one, at) =>
      differ(recording.questions[at]!, one.truth, truths[at]!.truth) ? [theirs[at]!] : [],
    );
    compared.push({
      student: other.assignment.student,
      scored: scoredIn(theirs),
      differing: differing.map(({ question }) => question),
      passed: differing.filter(({ scored }) => scored > 0).map(({ question }) => question),
      asTheirs: scoredIn(await recording.check(answers, other.assignment)),
    });
  }
  return {
    student: assignment.student,
    points: pointsOf(right),
    scored,
    missed: right.flatMap(({ question, reason, state }) =>
      state === 'done' ? [] : [`${question}: ${reason}`],
    ),
    nothing: scoredIn(await recording.checkNothing()),
    wrong,
    others: compared,
  };
}

/** Whether the answer of the other one is wrong here. A measured number may be within the tolerance of the right one. */
function differ(question: Question, truth = '', other = ''): boolean {
  if (question.kind === 'value') {
    const [right, theirs] = [truth, other].map((one) => numberIn(one, question.unit) ?? Number.NaN) as [
      number,
      number,
    ];
    // Truths are rounded to six digits.
    return Math.abs(right - theirs) > 1.001 * Math.max(question.tolerance, question.share * Math.abs(right));
  }
  const [right, theirs] = [truth, other].map((one) => one.split(' or ')) as [string[], string[]];
  return !right.some((one) => theirs.includes(one));
}

async function triedAll(sheet: string): Promise<Tried[]> {
  const students = await recordedFor(sheet);
  const recordings = await Promise.all(
    students.map((student) => Recording.open(recordingOf(sheet, student))),
  );
  const results: Tried[] = [];
  for (const recording of recordings) results.push(await tried(recording, recordings));
  return results;
}

const found: Record<string, Tried[]> = {};
const remaining = process.argv.slice(2);
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let sheet = remaining.shift(); sheet !== undefined; sheet = remaining.shift())
      found[sheet] = await triedAll(sheet);
  }),
);
process.stdout.write(JSON.stringify(found));
