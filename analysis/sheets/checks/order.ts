import { measure } from '../measures/measure.ts';
import { listIn } from '../sheet/answers.ts';
import { type Check, NO_ANSWER, NO_PACKET } from './check.ts';

/** The student answers a list, in order. */
export const order: Check<'order'> = async ({ question, evidence, drawn, answer }) => {
  const measured = await measure(question.truth, { evidence, drawn });
  if (!measured || measured.values.length < question.atLeast) return NO_PACKET;
  const { frames } = measured;
  const right = measured.values.flatMap((one) => listIn(one));
  const truth = right.join(', ');
  if (answer === undefined) return { ...NO_ANSWER, truth, frames };
  const given = listIn(answer);
  if (given.length === right.length && given.every((one, at) => one === right[at])) {
    return { state: 'done', reason: 'your packets show the same order', truth, frames };
  }
  return { state: 'wrong', reason: 'your packets show another list', truth, frames };
};
