import { newSeed } from '#lib/runtime/random.ts';
import { chosenStages, type LabSettings, planOf } from '../program/plan.ts';
import { readProgramSheet } from '../program/read-program.ts';
import type { PlaceNames } from '../program/sheet/places.ts';

export interface PlanParts {
  /** The folder of all sheets. */
  readonly folder: string;
  readonly sheet: string;
  /** One stage alone. */
  readonly stage?: string | undefined;
  /** Drawn when undefined. */
  readonly seed?: string | undefined;
  readonly lab: LabSettings;
  readonly places: PlaceNames;
  readonly print: (line: string) => void;
}

/** Prints what setup/check-program.sh must do, a line a step, words separated by tabs. The first line has the seed. */
export async function planProgram({
  folder,
  sheet,
  stage,
  seed = newSeed(),
  lab,
  places,
  print,
}: PlanParts): Promise<void> {
  const stages = chosenStages(await readProgramSheet(folder, sheet), stage);
  const steps = planOf(stages, { seed, lab, places });
  print(`seed\t${seed}`);
  for (const step of steps) print(step.join('\t'));
}
