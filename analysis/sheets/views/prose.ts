import type { Language } from '../sheet/assignment.ts';
import type { Drawn } from '../sheet/draws.ts';
import { fill } from '../sheet/fill.ts';
import type { Question, QuestionOf, Sheet } from '../sheet/schema.ts';

/** The words around a question, by language. */
const WORDS = {
  en: { question: 'Question', points: (points: number) => (points === 1 ? '1 point' : `${points} points`) },
  de: { question: 'Frage', points: (points: number) => (points === 1 ? '1 Punkt' : `${points} Punkte`) },
} as const;

/**
 * The prose of a sheet with its values. `{{question 4}}` becomes the head of that question, as `**Question 4** (2 points)`.
 * `{{options 4}}` becomes the list of what can be chosen.
 *
 * @throws SheetError for a place without a value
 */
export function proseWith(prose: string, parts: ProseParts): string {
  const { sheet, drawn, language, mark = () => '', hasForms = false, hasHeads = true } = parts;
  const list = (question: QuestionOf<'choice'>) =>
    hasForms ? '' : fill(optionsOf(question, language), drawn);
  const places = sheet.questions.flatMap((question) => [
    [`question ${question.id}`, `${mark(question.id)}${hasHeads ? headOf(question, language) : ''}`],
    ...(question.kind === 'choice' ? [[`options ${question.id}`, list(question)]] : []),
  ]);
  return fill(prose, { ...drawn, ...Object.fromEntries(places) });
}

export interface ProseParts {
  readonly sheet: Sheet;
  readonly drawn: Drawn;
  readonly language: Language;
  /** What is written before the head of a question, so that a program finds it. */
  readonly mark?: (question: string) => string;
  /** Whether each question has a form, whose choices are not listed once more. */
  readonly hasForms?: boolean;
  /** Whether each question has its number and points. */
  readonly hasHeads?: boolean;
}

function headOf({ id, points: count }: Question, language: Language): string {
  const { points, question } = WORDS[language];
  return `**${question} ${id}** (${points(count)})`;
}

function optionsOf({ options }: QuestionOf<'choice'>, language: Language): string {
  const lines = Object.entries(options).map(
    ([name, texts]) => `- \`${name}\`: ${texts[language] ?? texts.en}`,
  );
  return lines.join('\n');
}
