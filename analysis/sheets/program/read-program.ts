import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { sheetNames } from '../sheet/read-sheet.ts';
import { SheetError } from '../sheet/sheet-error.ts';
import { type ProgramSheet, programSheetSchema } from './schema.ts';

/** The data of a sheet about a program. */
const DATA = 'program.json';
const NAME = /^[a-z][a-z0-9-]{0,60}$/;

/**
 * Reads the sheet with this name from the folder of all sheets.
 *
 * @throws SheetError with all problems when there is none, or its data is wrong
 */
export async function readProgramSheet(folder: string, name: string): Promise<ProgramSheet> {
  const text = NAME.test(name)
    ? await readFile(join(folder, name, DATA), 'utf8').catch(() => undefined)
    : undefined;
  if (text === undefined)
    throw new SheetError(`SHEET is "${name}"; allowed: ${(await sheetNames(folder, DATA)).join(', ')}`);
  return programSheetIn(text, `sheets/${name}/${DATA}`);
}

/** @param place what the text is called in errors */
export function programSheetIn(text: string, place: string): ProgramSheet {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new SheetError(`${place}: ${error instanceof Error ? error.message : error}`);
  }
  const { success, output, issues } = v.safeParse(programSheetSchema, data);
  if (success) return output;
  const problems = issues.map((issue) => `${v.getDotPath(issue) ?? 'the sheet'}: ${issue.message}`);
  throw new SheetError(problems.map((problem) => `${place}: ${problem}`).join('\n'));
}
