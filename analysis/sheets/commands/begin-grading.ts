import { type Grades, mustBeReports } from '../grading/reports.ts';
import { readRightChoices, readSheet, sheetNames } from '../sheet/read-sheet.ts';
import { SheetError } from '../sheet/sheet-error.ts';

/**
 * Refuses what would spoil a grading, before hand-ins are judged.
 *
 * @param sheets the folder with all sheets
 * @throws SheetError with all that is wrong in the sheets and their answers, or when the folder of reports has something else
 */
export async function beginGrading(grades: Grades, sheets: string): Promise<void> {
  await mustBeReports(grades);
  const problems: string[] = [];
  for (const name of await sheetNames(sheets)) {
    try {
      await readSheet(sheets, name);
      await readRightChoices(sheets, name);
    } catch (error) {
      if (!(error instanceof SheetError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new SheetError(problems.join('\n'));
}
