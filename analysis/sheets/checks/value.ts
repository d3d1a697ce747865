import { measure } from '../measures/measure.ts';
import { numberIn } from '../sheet/answers.ts';
import { type Check, NO_ANSWER, NO_PACKET } from './check.ts';

/** The student answers a number. */
export const value: Check<'value'> = async ({ question, evidence, drawn, answer }) => {
  const { share, tolerance, truth: wanted, unit } = question;
  const measured = await measure(wanted, { evidence, drawn });
  const right = Number(measured?.values[0]);
  // A quotient by zero is near any number.
  if (!measured || !Number.isFinite(right)) return NO_PACKET;
  const { frames } = measured;
  const truth = `${rounded(right)}${unit ? ` ${unit}` : ''}`;
  if (answer === undefined) return { ...NO_ANSWER, truth, frames };
  const given = numberIn(answer, unit);
  const isRight =
    given !== undefined && Math.abs(given - right) <= Math.max(tolerance, share * Math.abs(right)) + 1e-9;
  if (isRight) return { state: 'done', reason: 'your packets show the same', truth, frames };
  return { state: 'wrong', reason: 'your packets show another number', truth, frames };
};

function rounded(number: number): string {
  return String(Number(number.toPrecision(6)));
}
