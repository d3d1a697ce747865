import { text as wholeInput } from 'node:stream/consumers';
import type { Command } from 'commander';
import * as v from 'valibot';
import type { Run } from '#lib/journal/run.ts';
import { secondsRange } from '#lib/runtime/config.ts';
import { OWN_PORT, placesIn } from '../program/sheet/places.ts';

export interface ProgramCommandParts {
  /** The folders of the sheets and of the captures. */
  readonly sheets: string;
  readonly captures: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly input: AsyncIterable<Buffer>;
  readonly run: () => Promise<Run>;
  readonly print: (line: string) => void;
  /** Called with the exit code of a command that has one. */
  readonly exit: (code: number) => void;
}

const delaysSchema = secondsRange('', '0-10', { max: 3600 });

/** Adds the commands of `make check PROGRAM=`: what to do, and how a program is judged. */
export function addProgramCommands(program: Command, parts: ProgramCommandParts): void {
  const { sheets, captures, environment, print } = parts;
  const places = placesIn(environment);

  program
    .command('plan-program')
    .description('prints the steps of a check of a program, one per line, words separated by tabs')
    .argument('<sheet>', 'name of the sheet')
    .option('--stage <id>', 'only this stage')
    .option('--seed <text>', 'what the messages and faults are drawn from; drawn without it')
    .action(async (sheet: string, options: { stage?: string; seed?: string }) => {
      const {
        ECHO_DELAY_SECONDS: delays,
        ECHO_LOSS: loss = '',
        ECHO_MODE: mode = '',
        LAB_TOKEN: token = '',
      } = environment;
      const lab = { delays: v.parse(delaysSchema, delays), loss, mode, token };
      const { planProgram } = await import('./plan-program.ts');
      await planProgram({ folder: sheets, sheet, ...options, lab, places, print });
    });

  program
    .command('check-program')
    .description('judges a program by the packets of its stages, whose records are on standard input')
    .argument('<sheet>', 'name of the sheet')
    .requiredOption('--seed <text>', 'as plan-program prints it')
    .option('--json', 'one JSON object', false)
    .action(async (sheet: string, { seed, json }: { seed: string; json: boolean }) => {
      const records = await wholeInput(parts.input);
      const run = await parts.run();
      const own = { sheet, seed, records, captures, run, ownPort: OWN_PORT, json, print };
      const { checkProgram } = await import('./check-program.ts');
      parts.exit(await checkProgram({ folder: sheets, ...own }));
    });
}
