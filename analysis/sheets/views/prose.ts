import type { Language } from '../sheet/assignment.ts';
import type { Drawn } from '../sheet/draws.ts';
import { fill } from '../sheet/fill.ts';
import type { Sheet } from '../sheet/schema.ts';

/** The words around a question, by language. */
const WORDS = {
  en: { question: 'Question', points: (points: number) => (points === 1 ? '1 point' : `${points} points`) },
  de: { question: 'Frage', points: (points: number) => (points === 1 ? '1 Punkt' : `${points} Punkte`) },
} as const;

/**
 * The prose of a sheet with its values. `{{question 4}}` becomes the head of that question, as `**Question 4** (2 points)`.
 *
 * @throws SheetError for a place without a value
 */
export function proseWith(prose: string, { sheet, drawn, language, mark = () => '' }: ProseParts): string {
  const { points, question } = WORDS[language];
  const heads = sheet.questions.map((one) => [
    `question ${one.id}`,
    `${mark(one.id)}**${question} ${one.id}** (${points(one.points)})`,
  ]);
  return fill(prose, { ...drawn, ...Object.fromEntries(heads) });
}

export interface ProseParts {
  readonly sheet: Sheet;
  readonly drawn: Drawn;
  readonly language: Language;
  /** What is written before the head of a question, so that a program finds it. */
  readonly mark?: (question: string) => string;
}
