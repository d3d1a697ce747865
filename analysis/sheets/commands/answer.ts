import { type KeepParts, keepAnswer } from '../sheet/keep-answer.ts';

export interface AnswerParts extends KeepParts {
  readonly print: (line: string) => void;
}

/**
 * `make answer`: keeps an answer.
 *
 * @throws SheetError when there is no such question, or the answer has the wrong form
 */
export async function answer({ print, ...parts }: AnswerParts): Promise<void> {
  const { question, answer, before } = await keepAnswer(parts);
  print(`answer to question ${question}: ${answer}${before === undefined ? '' : ` (before: ${before})`}`);
}
