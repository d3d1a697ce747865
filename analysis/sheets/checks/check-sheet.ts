import { ToolError } from '#analysis/capture/tool.ts';
import type { Run } from '#lib/journal/run.ts';
import { Evidence } from '../measures/evidence.ts';
import { allowedFor, readAnswers } from '../sheet/answers.ts';
import { type Assignment, labSeedOf } from '../sheet/assignment.ts';
import { valuesOf } from '../sheet/draws.ts';
import { fill, fillAll } from '../sheet/fill.ts';
import type { Result } from '../sheet/result.ts';
import type { Question, Sheet } from '../sheet/schema.ts';
import { SheetError } from '../sheet/sheet-error.ts';
import { bytes } from './bytes.ts';
import type { Check, CheckParts, Outcome } from './check.ts';
import { choice } from './choice.ts';
import { did } from './did.ts';
import { entry } from './entry.ts';
import { flow } from './flow.ts';
import { frame } from './frame.ts';
import { order } from './order.ts';
import { transfer } from './transfer.ts';
import { value } from './value.ts';

const checks: { readonly [Kind in Question['kind']]: Check<Kind> } = {
  ...{ did, entry, transfer, flow, frame, value, bytes, order, choice },
};

export interface SheetRun {
  /** The folder with captures, journals and answers. */
  readonly folder: string;
  readonly sheet: Sheet;
  readonly assignment: Assignment;
  readonly run: Run;
  /** The right choices by answers.json. Undefined when the teacher has kept them. */
  readonly rightChoices?: Readonly<Record<string, string>> | undefined;
}

/**
 * Compares the answers of a student with what the packets of her run show.
 *
 * @returns a result for each question, in the order of the sheet
 * @throws SheetError when tshark does not know a filter or a field of the sheet
 */
export async function checkSheet(parts: SheetRun): Promise<Result[]> {
  const { folder, run } = parts;
  return checkAnswers({
    ...parts,
    answers: await readAnswers(folder),
    evidence: new Evidence({ folder, run }),
  });
}

export interface AnswersParts extends Omit<SheetRun, 'folder'> {
  /** The last answer to each question. */
  readonly answers: ReadonlyMap<string, string>;
  readonly evidence: Evidence;
}

/** The same, with answers from elsewhere. */
export async function checkAnswers(parts: AnswersParts): Promise<Result[]> {
  const { sheet, assignment, run, rightChoices, answers, evidence } = parts;
  const drawn = valuesOf(sheet, assignment, run);
  const others = ofOthers(assignment, run);
  const results = new Map<string, Result>();
  for (const { hint, ...question } of sheet.questions) {
    const asked = {
      question: fillAll(question, drawn) as Question,
      ...{ evidence, drawn, answer: answers.get(question.id), right: rightChoices?.[question.id] },
    };
    const missing = question.needs.find((need) => results.get(need)?.state !== 'done');
    const outcome = others ?? (missing === undefined ? await named(question.id, asked) : needed(missing));
    const { [assignment.language]: said = hint?.en } = hint ?? {};
    results.set(question.id, resultOf(asked, outcome, said && fill(said, drawn)));
  }
  return [...results.values()];
}

/** The outcome of all questions when the run has the numbers of somebody else. */
function ofOthers(assignment: Assignment, { starts }: Run): Outcome | undefined {
  const seed = labSeedOf(assignment);
  const other = starts.flatMap(({ faults }) => faults).find((server) => server.seed !== seed);
  if (!other) return undefined;
  return { state: 'wrong', reason: `this run has the seed ${other.seed}, and that of this sheet is ${seed}` };
}

/** @throws SheetError that names the question, when tshark does not know a filter or a field of it */
async function named(id: string, asked: CheckParts): Promise<Outcome> {
  try {
    return await outcomeOf(asked);
  } catch (error) {
    if (!(error instanceof ToolError)) throw error;
    throw new SheetError(`question ${id} of the sheet: ${error.message}`);
  }
}

function outcomeOf<Kind extends Question['kind']>(parts: CheckParts<Kind>): Promise<Outcome> {
  const check = checks[parts.question.kind as Kind] as Check<Kind>;
  return check(parts);
}

function needed(question: string): Outcome {
  return { state: 'not-yet', reason: `question ${question} comes first` };
}

function resultOf({ question, answer }: CheckParts, outcome: Outcome, hint: string | undefined): Result {
  const { id, kind, points } = question;
  const { state, reason, truth, frames = [] } = outcome;
  const isDone = state === 'done';
  // A hint that comes before the first answer says too much.
  const isOpen = answer === undefined && allowedFor(question) !== undefined;
  return {
    question: id,
    kind,
    points,
    scored: isDone ? points : 0,
    state,
    reason,
    hint: isDone || isOpen ? undefined : hint,
    answer,
    truth,
    frames,
  };
}
