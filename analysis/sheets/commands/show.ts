import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Run } from '#lib/journal/run.ts';
import { type Language, readAssignment } from '../sheet/assignment.ts';
import { valuesOf } from '../sheet/draws.ts';
import { readCompleteSheet } from '../sheet/place-problems.ts';
import { readProse } from '../sheet/read-sheet.ts';
import { proseWith } from '../views/prose.ts';
import { sheetPage } from '../views/sheet-page.ts';
import { begin } from './begin.ts';

/** The sheet as a page, in the captures folder. */
const PAGE = 'sheet.html';

export interface ShowParts {
  /** The captures folder, and its path outside the container. */
  readonly folder: string;
  readonly shownAs: string;
  readonly sheets: string;
  readonly run: Run;
  /** Another one than until now. */
  readonly language?: Language | undefined;
  readonly print: (line: string) => void;
}

/** `make sheet`: prints the sheet of the present run, and writes it as a page. */
export async function showSheet({ folder, print, run, sheets, shownAs, ...asked }: ShowParts): Promise<void> {
  const present = await readAssignment(folder);
  const assignment = { ...present, language: asked.language ?? present.language };
  const { language, sheet: name } = assignment;
  const sheet = await readCompleteSheet(sheets, name);
  const parts = { sheet, drawn: valuesOf(sheet, assignment, run), language };
  const prose = proseWith(await readProse(sheets, name, language), parts);
  if (language !== present.language) await begin(folder, assignment);
  await writeFile(join(folder, PAGE), sheetPage(prose, { assignment, sheet }));
  print(prose.trimEnd());
  print(`\nAs a page: ${join(shownAs, PAGE)}`);
}
