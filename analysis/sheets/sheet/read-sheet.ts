import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { allowedFor } from './answers.ts';
import type { Language } from './assignment.ts';
import { type QuestionOf, type Sheet, sheetSchema } from './schema.ts';
import { SheetError } from './sheet-error.ts';

/** The file with the data of a sheet. */
export const DATA = 'sheet.json';

/** The names of the sheets in a folder, sorted. @param data the file that a folder of them has */
export async function sheetNames(folder: string, data = DATA): Promise<string[]> {
  const names = await namesIn(folder);
  const files = await Promise.all(names.map((name) => namesIn(join(folder, name))));
  return names.filter((_, at) => files[at]!.includes(data)).sort();
}

/**
 * None when it is no folder, or is not there.
 *
 * @throws SheetError when this user can not read it
 */
async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'EACCES')
      throw new SheetError(
        `the containers can not read ${folder.slice(1)}; cure: chmod -R a+rX sheets, in the folder of the lab`,
      );
    return [];
  });
}

/**
 * Reads the data of a sheet.
 *
 * @param folder the folder with all sheets
 * @throws SheetError when there is no such sheet, or with all that is wrong in its data
 */
export async function readSheet(folder: string, name: string): Promise<Sheet> {
  const known = await sheetNames(folder);
  if (!known.includes(name)) {
    throw new SheetError(
      `NAME is "${name}"; allowed: ${known.join(', ') || 'no sheet, as there is none here'}`,
    );
  }
  return parseSheet(name, await readFile(join(folder, name, DATA), 'utf8'));
}

/** @throws SheetError with all that is wrong */
export function parseSheet(name: string, text: string): Sheet {
  const problem = (lines: readonly string[]) =>
    new SheetError(lines.map((line) => `sheets/${name}/${DATA}: ${line}`).join('\n'));
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw problem([error instanceof Error ? error.message : String(error)]);
  }
  const parsed = v.safeParse(sheetSchema, data);
  if (!parsed.success) throw problem(parsed.issues.flatMap((issue) => describe(issue, data)));
  const wrong = [...inconsistencies(parsed.output)];
  if (wrong.length > 0) throw problem(wrong);
  return parsed.output;
}

function describe(issue: v.BaseIssue<unknown>, data: unknown): string[] {
  const value = issue.input === undefined ? 'missing' : JSON.stringify(issue.input).slice(0, 80);
  const place = `${v.getDotPath(issue) ?? 'the sheet'}${ofQuestion(issue, data)}`;
  if (issue.type === 'strict_object' && issue.expected === 'never')
    return [`${place} is no field of a sheet`];
  return [`${place} is ${value}; ${issue.message}`];
}

const withIds = v.object({ questions: v.array(v.unknown()) });
const withId = v.object({ id: v.string() });

/** ` of question 4`, where the place is in a question with an id. */
function ofQuestion({ path }: v.BaseIssue<unknown>, data: unknown): string {
  const [list, item] = path ?? [];
  if (list?.key !== 'questions' || typeof item?.key !== 'number' || !v.is(withIds, data)) return '';
  const question = data.questions[item.key];
  return v.is(withId, question) ? ` of question ${question.id.slice(0, 10)}` : '';
}

function* inconsistencies({ questions }: Sheet): Generator<string> {
  const ids = new Set<string>();
  const shownByPackets = new Set<string>();
  for (const question of questions) {
    const { id, needs } = question;
    if (ids.has(id)) yield `question ${id} is there twice; allowed: once`;
    // A wrong answer costs its own points alone, so no other question may wait for it.
    for (const need of needs.filter((one) => !shownByPackets.has(one))) {
      yield `question ${id} needs "${need}"; allowed: an earlier question that takes no answer`;
    }
    ids.add(id);
    if (allowedFor(question) === undefined) shownByPackets.add(id);
  }
}

/** The file with the prose in a language. */
export function proseFileOf(language: Language): string {
  return language === 'en' ? 'sheet.md' : `sheet.${language}.md`;
}

/**
 * Reads the prose of a sheet, Markdown with places.
 *
 * @throws SheetError when the sheet does not have this language
 */
export async function readProse(folder: string, name: string, language: Language): Promise<string> {
  const file = proseFileOf(language);
  return readFile(join(folder, name, file), 'utf8').catch(() => {
    throw new SheetError(`LANGUAGE is "${language}"; the sheet ${name} has no ${file}`);
  });
}

const rightSchema = v.record(v.string(), v.string());

/** The right choices that no packet shows. Undefined when the teacher has kept them. */
export async function readRightChoices(
  folder: string,
  name: string,
): Promise<Readonly<Record<string, string>> | undefined> {
  const text = await readFile(join(folder, name, 'answers.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), rightSchema), text);
  if (!parsed.success)
    throw new SheetError(`sheets/${name}/answers.json is damaged: ${parsed.issues[0].message}`);
  const wrong = [...strangeChoices(parsed.output, await readSheet(folder, name))];
  if (wrong.length > 0)
    throw new SheetError(wrong.map((line) => `sheets/${name}/answers.json: ${line}`).join('\n'));
  return parsed.output;
}

/** The questions whose right choice no packet shows, so it is in answers.json. */
export function openChoices({ questions }: Sheet): QuestionOf<'choice'>[] {
  return questions
    .filter((question) => question.kind === 'choice')
    .filter(({ truth }) => truth === undefined);
}

function* strangeChoices(right: Readonly<Record<string, string>>, sheet: Sheet): Generator<string> {
  const open = openChoices(sheet);
  for (const [id, choice] of Object.entries(right)) {
    const question = open.find((one) => one.id === id);
    if (!question) {
      yield `it has question ${id}; allowed: choices without a truth: ${open.map((one) => one.id).join(', ')}`;
    } else if (!Object.hasOwn(question.options, choice)) {
      yield `question ${id} is "${choice}"; allowed: ${Object.keys(question.options).join(', ')}`;
    }
  }
  for (const { id } of open) if (!Object.hasOwn(right, id)) yield `it has no question ${id}`;
}
