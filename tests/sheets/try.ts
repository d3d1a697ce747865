import { availableParallelism } from 'node:os';
import { pointsOf, Recording, scoredIn } from './recording.ts';
import { recordedFor, recordingOf } from './recordings.ts';
import { wrongAnswer } from './wrong-answer.ts';

// try.ts SHEET…, in the image that reads captures: answers each recorded sheet right and wrong, and prints what it scored,
// as one JSON object: sheet, list of recordings.

/** How many are read at once. */
const AT_ONCE = availableParallelism();

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
  /** With the answers of another student, and with the run under the name of that student. */
  readonly others: readonly { student: string; scored: number; asTheirs: number }[];
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
    compared.push({
      student: other.assignment.student,
      scored: scoredIn(await recording.check(other.answers)),
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
