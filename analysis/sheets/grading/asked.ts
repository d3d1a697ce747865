import type { Run } from '#lib/journal/run.ts';
import type { Assignment } from '../sheet/assignment.ts';
import { drawsOf, valuesOf } from '../sheet/draws.ts';
import { readProse } from '../sheet/read-sheet.ts';
import type { Sheet } from '../sheet/schema.ts';
import { SheetError } from '../sheet/sheet-error.ts';
import { plainTexts } from '../views/plain-prose.ts';
import { proseWith } from '../views/prose.ts';
import { markOf, sectionsOf } from '../views/prose-tree.ts';
import type { Judged } from './judged.ts';

export interface AskedParts {
  /** The folder with all sheets. */
  readonly sheets: string;
  readonly sheet: Sheet;
  readonly assignment: Assignment;
  readonly run: Run;
}

/** What a student read: the values that were drawn, and the text of each question. */
export async function askedOf(parts: AskedParts): Promise<Pick<Judged, 'drawn' | 'asked'>> {
  const drawn = Object.entries(drawsOf(parts.sheet, parts.assignment)).map(([name, value]) => ({
    name,
    value,
  }));
  return { drawn, asked: await textsOf(parts) };
}

/** Without the prose in the student's language, or with a wrong place in it, the results remain. */
async function textsOf({ sheets, sheet, assignment, run }: AskedParts): Promise<Judged['asked']> {
  const { language, sheet: name } = assignment;
  try {
    const prose = proseWith(await readProse(sheets, name, language), {
      ...{ sheet, language, drawn: valuesOf(sheet, assignment, run) },
      ...{ mark: markOf, hasHeads: false },
    });
    return [...plainTexts(sectionsOf(prose))].map(([question, blocks]) => ({ question, blocks }));
  } catch (error) {
    if (error instanceof SheetError) return [];
    throw error;
  }
}
