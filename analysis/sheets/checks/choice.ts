import { measure } from '../measures/measure.ts';
import { type Check, NO_ANSWER, NO_PACKET } from './check.ts';

/** The student chooses. What is right is shown by packets, or written in answers.json. */
export const choice: Check<'choice'> = async ({ question, evidence, drawn, answer, right }) => {
  if (question.truth === undefined) return compared(answer, right);
  const measured = await measure(question.truth, { evidence, drawn });
  const value = measured?.values[0];
  if (!measured || value === undefined) return NO_PACKET;
  const { frames } = measured;
  return { ...compared(answer, question.means ? question.means[value] : value), frames };
};

function compared(answer: string | undefined, right: string | undefined) {
  if (answer === undefined) return { ...NO_ANSWER, ...(right !== undefined && { truth: right }) };
  if (right === undefined)
    return { state: 'not-yet' as const, reason: 'answered; your teacher has the right answer' };
  if (answer.trim().toLowerCase() === right.toLowerCase())
    return { state: 'done' as const, reason: 'right', truth: right };
  return { state: 'wrong' as const, reason: 'another choice is right', truth: right };
}
