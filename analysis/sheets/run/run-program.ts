import { writeFile } from 'node:fs/promises';
import type { Timer } from '#lib/runtime/timer.ts';
import { chosenStages } from '../program/plan.ts';
import { readProgramSheet } from '../program/read-program.ts';
import { drawnFor } from '../program/sheet/drawn.ts';
import { type PlaceNames, withValues } from '../program/sheet/places.ts';
import { runBounded } from './bounded.ts';
import { forward } from './forward.ts';

export interface RunProgramParts {
  /** The folder of all sheets. */
  readonly folder: string;
  readonly sheet: string;
  readonly stage: string;
  readonly seed: string;
  /** The command line of the program, as a person types it in a shell. */
  readonly program: string;
  readonly places: PlaceNames;
  /** The folder in which it runs. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timer: Timer;
  readonly now: () => number;
  /** Aborted when the program is to end. */
  readonly ends: AbortSignal;
  readonly print: (line: string) => void;
}

/** In the client host: runs the program for one stage, bounded, and prints how it ran as one JSON object. */
export async function runProgram(parts: RunProgramParts): Promise<void> {
  const { folder, sheet, seed, program, places, home, environment, timer, now, ends, print } = parts;
  const [stage] = chosenStages(await readProgramSheet(folder, sheet), parts.stage);
  const drawn = drawnFor(stage!, seed);
  if (drawn.file.length > 0) await writeFile(places.file, drawn.file);
  if (stage!.forward !== undefined) await forward(stage!, places);
  const ran = await runBounded(
    {
      file: 'bash',
      // The arguments of the stage follow the program, whatever characters are in them.
      args: ['-c', `${program} "$@"`, 'program', ...withValues(stage!.arguments, stage!, { drawn, places })],
      folder: home,
      environment,
      input: withValues(stage!.input, stage!, { drawn, places })
        .map((line) => `${line}\n`)
        .join(''),
      seconds: stage!.seconds,
    },
    { timer, now, ends },
  );
  print(JSON.stringify({ stage: stage!.id, ...ran }));
}
