import { safe } from '#lib/text/readable.ts';
import { type HandIn, questionsOf } from './hand-in.ts';

/** The grades as CSV (RFC 4180): a row a hand-in, and a column a question. */
export function csvOf(handIns: readonly HandIn[]): string {
  const questions = questionsOf(handIns);
  const head = [
    'student',
    'sheet',
    ...questions.map((question) => `question ${question}`),
    'sum',
    'of',
    'flags',
    'file',
  ];
  const rows = handIns.map((handIn) => {
    const { student, sheet, judged, scored, points, flags, file } = handIn;
    const ofQuestion = (question: string) =>
      judged.results.find((result) => result.question === question)?.scored ?? '';
    return [
      ...[student, sheet, ...questions.map(ofQuestion), scored, points],
      ...[flags.map(({ flag }) => flag).join(' '), file],
    ];
  });
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

/** What a spreadsheet takes for the begin of a formula. */
const FORMULA = /^[=+\-@\t\r\n＝＋－＠]/;

/** A cell. An apostrophe makes a formula a text. */
function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  const text = safe(FORMULA.test(value) || FORMULA.test(value.trimStart()) ? `'${value}` : value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
