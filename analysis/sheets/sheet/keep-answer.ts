import { appendFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ANSWERS, FULL, mustBeAllowed, readAnswers } from './answers.ts';
import { readAssignment } from './assignment.ts';
import { readSheet } from './read-sheet.ts';
import { SheetError } from './sheet-error.ts';

/** Another user of the machine may read the captures, and not copy answers. */
const MODE = 0o640;

export interface KeepParts {
  /** The folder with the captures and journals. */
  readonly folder: string;
  /** The folder with all sheets. */
  readonly sheets: string;
  readonly question: string;
  readonly answer: string;
  readonly now: () => Date;
}

/** An answer as it was kept, and the one to the same question before it. */
export interface Kept {
  readonly question: string;
  readonly answer: string;
  readonly before?: string | undefined;
}

/**
 * Keeps an answer to a question of the present run. The last one to a question counts.
 *
 * @throws SheetError when the run belongs to no sheet, there is no such question, or the answer has the wrong form
 */
export async function keepAnswer({ folder, now, question, sheets, ...given }: KeepParts): Promise<Kept> {
  const { sheet: name } = await readAssignment(folder);
  const { questions } = await readSheet(sheets, name);
  mustBeAllowed(questions, { question, answer: given.answer });
  const path = join(folder, ANSWERS);
  const before = (await readAnswers(folder)).get(question);
  const answer = given.answer.trim();
  const line = `${JSON.stringify({ timestamp: now().toISOString(), question, answer })}\n`;
  const { size } = await stat(path).catch(() => ({ size: 0 }));
  if (size + Buffer.byteLength(line) > FULL)
    throw new SheetError(`${ANSWERS} has ${size} bytes; allowed: up to ${FULL}, with this answer`);
  await appendFile(path, line, { mode: MODE });
  return { question, answer, before };
}
