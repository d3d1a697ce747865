import { allowedFor, listIn, numberIn } from '#analysis/sheets/sheet/answers.ts';
import type { Question, QuestionOf } from '#analysis/sheets/sheet/schema.ts';

/**
 * An answer of the form that a question takes, and wrong.
 *
 * @param truth the right one, as a check says it
 * @returns undefined for a question that takes no answer
 */
export function wrongAnswer(question: Question, truth: string): string | undefined {
  if (allowedFor(question) === undefined) return undefined;
  switch (question.kind) {
    case 'value':
      return anotherNumber(question, truth);
    case 'frame':
      return anotherFrame(truth);
    case 'bytes':
      return otherBytes(truth);
    case 'order':
      return anotherOrder(truth);
    case 'choice':
      return Object.keys(question.options).find((option) => option !== truth);
  }
  return undefined;
}

/** A little further from the truth than is allowed. */
function anotherNumber({ share, tolerance, unit }: QuestionOf<'value'>, truth: string): string {
  const right = numberIn(truth, unit)!;
  const allowed = Math.max(tolerance, share * Math.abs(right));
  return String(right + (allowed === 0 ? 1 : allowed * 1.5));
}

/** The first frame that is none of those. */
function anotherFrame(truth: string): string {
  const right = truth.split(' or ');
  let number = 1;
  while (right.includes(String(number))) number += 1;
  return String(number);
}

function otherBytes(truth: string): string {
  const last = Number.parseInt(truth.slice(-2), 16);
  return truth.slice(0, -2) + (last ^ 1).toString(16).padStart(2, '0');
}

/** The same in another order; one more when all are the same. */
function anotherOrder(truth: string): string {
  const right = listIn(truth);
  const at = right.findIndex((item) => item !== right[0]);
  if (at < 0) return [...right, right[0]].join(', ');
  const wrong = [...right];
  [wrong[0], wrong[at]] = [right[at]!, right[0]!];
  return wrong.join(', ');
}
