import { allowedFor } from '#analysis/sheets/sheet/answers.ts';
import type { Assignment } from '#analysis/sheets/sheet/assignment.ts';
import { type Drawn, valuesOf } from '#analysis/sheets/sheet/draws.ts';
import { fill } from '#analysis/sheets/sheet/fill.ts';
import type { Question, Sheet } from '#analysis/sheets/sheet/schema.ts';
import { proseWith } from '#analysis/sheets/views/prose.ts';
import { markOf, sectionsOf } from '#analysis/sheets/views/prose-tree.ts';
import type { Run } from '#lib/journal/run.ts';
import type { AnswerForm, SheetPart, SheetQuestion } from '../../contract.ts';

export interface Given {
  readonly sheet: Sheet;
  readonly assignment: Assignment;
  readonly run: Pick<Run, 'addresses' | 'ports'>;
  /** The last answer to each question. */
  readonly answers: ReadonlyMap<string, string>;
}

/**
 * The prose of a sheet with its values, and the forms where their questions end. A question that the prose leaves out comes last.
 *
 * @throws SheetError for a place without a value
 */
export function partsOf(prose: string, { sheet, assignment, run, answers }: Given): SheetPart[] {
  const { language } = assignment;
  const drawn = valuesOf(sheet, assignment, run);
  const asked = new Map(
    sheet.questions.map((question) => [question.id, asAsked(question, { drawn, language, answers })]),
  );
  const take = (id: string): SheetQuestion[] => {
    const question = asked.get(id);
    asked.delete(id);
    return question ? [question] : [];
  };
  const parts = { sheet, drawn, language, mark: markOf, hasForms: true };
  const sections = sectionsOf(proseWith(prose, parts)).map(({ nodes, questions }) => ({
    nodes,
    questions: questions.flatMap(take),
  }));
  const left = [...asked.keys()].flatMap((id) => sectionsOf(proseWith(`{{question ${id}}}`, parts)));
  return [
    ...sections,
    ...left.map(({ nodes, questions }) => ({ nodes, questions: questions.flatMap(take) })),
  ];
}

interface Reader {
  readonly drawn: Drawn;
  readonly language: Assignment['language'];
  readonly answers: ReadonlyMap<string, string>;
}

function asAsked(question: Question, { answers, ...reader }: Reader): SheetQuestion {
  const { id, points } = question;
  return { id, points, form: formOf(question, reader), answer: answers.get(id) };
}

function formOf(question: Question, { drawn, language }: Omit<Reader, 'answers'>): AnswerForm | undefined {
  if (allowedFor(question) === undefined) return undefined;
  switch (question.kind) {
    case 'frame':
      return { kind: 'frame', capture: question.frames.capture };
    case 'value':
      return { kind: 'value', unit: question.unit };
    case 'choice': {
      const options = Object.entries(question.options).map(([name, { [language]: label, en }]) => ({
        name,
        label: fill(label ?? en, drawn),
      }));
      return { kind: 'choice', options };
    }
    case 'bytes':
    case 'order':
      return { kind: question.kind };
    default:
      return undefined;
  }
}
