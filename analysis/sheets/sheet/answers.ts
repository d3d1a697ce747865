import { join } from 'node:path';
import * as v from 'valibot';
import { readEntryLines } from '#lib/journal/lines.ts';
import type { Question, QuestionOf } from './schema.ts';
import { SheetError } from './sheet-error.ts';

/** The name of the journal of answers in the captures folder. The last answer to a question counts. */
export const ANSWERS = 'answers.log';

/** The most bytes of that journal: nobody writes as much by hand. */
export const FULL = 2 ** 20;

/** The longest answer, in characters. */
const LONGEST = 1_000;

const schema = v.object({ timestamp: v.string(), question: v.string(), answer: v.string() });
/** A line of answers.log. */
export type Answer = Readonly<v.InferOutput<typeof schema>>;

/** Reads the last answer to each question. */
export async function readAnswers(folder: string): Promise<Map<string, string>> {
  const answers = new Map<string, string>();
  for await (const { question, answer } of linesOf(folder)) answers.set(question, answer);
  return answers;
}

/** How often each question was answered. */
export async function countAnswers(folder: string): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const { question } of linesOf(folder)) counts.set(question, (counts.get(question) ?? 0) + 1);
  return counts;
}

function linesOf(folder: string): AsyncIterable<Answer> {
  return readEntryLines(join(folder, ANSWERS), (value): value is Answer => v.is(schema, value));
}

/** Read as a number with a decimal comma, or with a comma between thousands? */
const THOUSANDS = /^[+-]?\d{1,3}(?:,\d{3})+(?!\d)/;
const NUMBER = /^([+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:e[+-]?\d+)?)\s*(\S.*)?$/i;

/** The number in an answer such as `1.5`, `1,5` or `1.5 s`; undefined when there is none, or another unit. */
export function numberIn(text: string, unit: string | undefined): number | undefined {
  const [, digits, given] = NUMBER.exec(text.trim()) ?? [];
  if (digits === undefined || (given !== undefined && given !== unit)) return undefined;
  if (THOUSANDS.test(digits)) return undefined;
  return Number(digits.replace(',', '.'));
}

/** The bytes in an answer such as `0x8c`, `8c 0f` or `8c:0f`, as hex digits; undefined when there are none. */
export function hexIn(text: string): string | undefined {
  const digits = text
    .trim()
    .toLowerCase()
    .replace(/^0x/, '')
    .replaceAll(/[\s:,]+(?:0x)?/g, '');
  return /^(?:[0-9a-f]{2})+$/.test(digits) ? digits : undefined;
}

/** The items of an answer such as `loss, none`, in lower case. */
export function listIn(text: string): string[] {
  return text
    .trim()
    .toLowerCase()
    .split(/[\s,;→>]+/)
    .filter((item) => item !== '');
}

/** What an answer to a question may be; undefined when the student answers nothing. */
export function allowedFor(question: Question): string | undefined {
  switch (question.kind) {
    case 'frame':
      return `the number of a frame in the capture of the ${question.frames.capture}`;
    case 'value':
      return question.unit
        ? `a number in ${question.unit}, such as 36238 or 36.238`
        : 'a number, such as 36238 or 36.238';
    case 'bytes':
      return 'bytes as hex digits, such as 0x8c';
    case 'order':
      return `a list in order, such as ${exampleFor(question)}`;
    case 'choice':
      return Object.keys(question.options).join(', ');
    default:
      return undefined;
  }
}

/** What a list has that is no list of numbers, by the field that it is read from. */
const examples: Readonly<Record<string, string>> = { fault: 'loss, none', outcome: '403, timeout' };

function exampleFor({ truth }: QuestionOf<'order'>): string {
  const field = typeof truth === 'object' && 'field' in truth ? truth.field : '';
  return examples[field] ?? '3, 17';
}

/** The option that an answer names; undefined when it names none. */
export function optionIn(text: string, options: object): string | undefined {
  const named = text.trim().toLowerCase();
  return Object.keys(options).find((option) => option.toLowerCase() === named);
}

function isAllowed(question: Question, text: string): boolean {
  switch (question.kind) {
    case 'frame':
      return /^[1-9]\d{0,9}$/.test(text.trim());
    case 'value':
      return numberIn(text, question.unit) !== undefined;
    case 'bytes':
      return hexIn(text) !== undefined;
    case 'order':
      return listIn(text).length > 0;
    case 'choice':
      return optionIn(text, question.options) !== undefined;
    default:
      return false;
  }
}

/**
 * Refuses an answer that has the wrong form. Whether it is right is for the check.
 *
 * @throws SheetError
 */
export function mustBeAllowed(
  questions: readonly Question[],
  { question: id, answer }: Omit<Answer, 'timestamp'>,
): void {
  const answered = questions.filter((question) => allowedFor(question) !== undefined);
  const question = questions.find((one) => one.id === id);
  if (!question) throw new SheetError(`Q is "${id}"; allowed: ${answered.map((one) => one.id).join(', ')}`);
  const allowed = allowedFor(question);
  if (allowed === undefined) {
    throw new SheetError(
      `Q is "${id}", which takes no answer: the packets show it; allowed: ${answered.map((one) => one.id).join(', ')}`,
    );
  }
  if (answer.length > LONGEST || !isAllowed(question, answer)) {
    throw new SheetError(`A is "${answer.slice(0, 80)}"; allowed: ${allowed}`);
  }
}
