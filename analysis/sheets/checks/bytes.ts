import { measure } from '../measures/measure.ts';
import { hexIn } from '../sheet/answers.ts';
import { type Check, NO_ANSWER, NO_PACKET } from './check.ts';

/** The student answers bytes, as hex digits. */
export const bytes: Check<'bytes'> = async ({ question: { truth: wanted }, evidence, drawn, answer }) => {
  const measured = await measure(wanted, { evidence, drawn });
  const truth = measured && hexIn(measured.values[0]!);
  if (!measured || truth === undefined) return NO_PACKET;
  const { frames } = measured;
  if (answer === undefined) return { ...NO_ANSWER, truth, frames };
  const isRight = hexIn(answer) === truth;
  const reason = isRight ? 'your packets show the same bytes' : 'your packets show other bytes';
  return { state: isRight ? 'done' : 'wrong', reason, truth, frames };
};
