import { type Assignment, clientAddressOf, labSeedOf } from '../sheet/assignment.ts';
import { drawsOf } from '../sheet/draws.ts';
import { fillAll } from '../sheet/fill.ts';
import { readCompleteSheet } from '../sheet/place-problems.ts';
import { readProse } from '../sheet/read-sheet.ts';

export interface SettingsParts {
  readonly assignment: Assignment;
  /** The folder with all sheets. */
  readonly sheets: string;
  /** LAB_SUBNET, and the addresses that other hosts have. */
  readonly network: { readonly subnet: string; readonly taken: readonly string[] };
  readonly print: (line: string) => void;
}

/**
 * Prints the settings of the run for a student, `NAME=VALUE` a line.
 *
 * @throws SheetError when there is no such sheet, or not in this language
 */
export async function printSettings({ assignment, network, print, sheets }: SettingsParts): Promise<void> {
  const sheet = await readCompleteSheet(sheets, assignment.sheet);
  await readProse(sheets, assignment.sheet, assignment.language);
  const settings = {
    ...fillAll(sheet.settings, drawsOf(sheet, assignment)),
    LAB_SEED: labSeedOf(assignment),
    LAB_CLIENT_ADDRESS: clientAddressOf(assignment, network),
  };
  for (const [name, value] of Object.entries(settings)) print(`${name}=${value}`);
}
