import { timer } from '#lib/runtime/timer.ts';
import { placesIn } from '../program/sheet/places.ts';
import { SheetError } from '../sheet/sheet-error.ts';
import { runProgram } from './run-program.ts';

// In the client host: runs a program of her own for one stage of a sheet. Its arguments are sheet, stage, seed and command
// line. It is no command of analysis/sheets/main.ts, because it must start fast: it runs once for each stage.

/** The home of a student in the client host. */
const HOME = '/work';
const SHEETS = '/sheets';

const [sheet = '', stage = '', seed = '', program = ''] = process.argv.slice(2);
const ends = new AbortController();
process.on('SIGTERM', () => ends.abort()).on('SIGINT', () => ends.abort());
try {
  await runProgram({
    ...{ folder: SHEETS, sheet, stage, seed, program, home: HOME },
    places: placesIn(process.env),
    environment: process.env,
    timer,
    now: Date.now,
    ends: ends.signal,
    print: (line) => process.stdout.write(`${line}\n`),
  });
} catch (error) {
  if (!(error instanceof SheetError)) throw error;
  process.stderr.write(`error: ${error.message}\n`);
  process.exitCode = 2;
}
