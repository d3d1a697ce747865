import { lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SheetError } from '../sheet/sheet-error.ts';
import { REPORT } from './page.ts';

/** The folder of the reports in that of the grades. */
export const REPORTS = 'reports';

/** What a desktop writes into a folder that somebody opens. Most people can't see these files, so they refuse nothing. */
const OF_DESKTOP: readonly string[] = ['.DS_Store', 'Thumbs.db', 'desktop.ini'];

/** The folder of the grades, and its path outside the container. */
export interface Grades {
  readonly out: string;
  readonly shownAs: string;
}

/**
 * Refuses a folder of reports that has something else, because it is made anew at each grading.
 *
 * @throws SheetError with what is in it
 */
export async function mustBeReports({ out, shownAs }: Grades): Promise<void> {
  const folder = join(out, REPORTS);
  const found = await lstat(folder).catch(() => undefined);
  if (!found) return;
  const shown = join(shownAs, REPORTS);
  if (!found.isDirectory())
    throw new SheetError(`${shown} is no folder; cure: move it away, or choose another OUT`);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile() && (OF_DESKTOP.includes(entry.name) || (await isReport(join(folder, entry.name)))))
      continue;
    throw new SheetError(
      `${join(shown, entry.name)} is no report of a grading, and ${shown} is made anew; cure: move it away, or choose another OUT`,
    );
  }
}

async function isReport(path: string): Promise<boolean> {
  return path.endsWith('.html') && (await readFile(path, 'utf8')).includes(`<body class="${REPORT}">`);
}

/**
 * Removes the reports of an earlier grading, and no other file of a person.
 *
 * @throws SheetError when there is something else
 */
export async function emptyReports(grades: Grades): Promise<void> {
  await mustBeReports(grades);
  const folder = join(grades.out, REPORTS);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
}
