import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ANSWERS, mustBeAllowed, readAnswers } from '../sheet/answers.ts';
import { readAssignment } from '../sheet/assignment.ts';
import { readSheet } from '../sheet/read-sheet.ts';

export interface AnswerParts {
  readonly folder: string;
  readonly sheets: string;
  readonly question: string;
  readonly answer: string;
  readonly now: () => Date;
  readonly print: (line: string) => void;
}

/**
 * `make answer`: keeps an answer. The last one to a question counts.
 *
 * @throws SheetError when there is no such question, or the answer has the wrong form
 */
export async function answer({
  answer: text,
  folder,
  now,
  print,
  question,
  sheets,
}: AnswerParts): Promise<void> {
  const { sheet: name } = await readAssignment(folder);
  const { questions } = await readSheet(sheets, name);
  mustBeAllowed(questions, { question, answer: text });
  const before = (await readAnswers(folder)).get(question);
  const line = { timestamp: now().toISOString(), question, answer: text.trim() };
  await appendFile(join(folder, ANSWERS), `${JSON.stringify(line)}\n`);
  print(
    `answer to question ${question}: ${text.trim()}${before === undefined ? '' : ` (before: ${before})`}`,
  );
}
