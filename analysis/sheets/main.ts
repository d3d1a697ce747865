#!/usr/bin/env node
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import * as v from 'valibot';
import { CaptureError } from '#analysis/capture/capture-files.ts';
import { ToolError } from '#analysis/capture/tool.ts';
import { readRun } from '#lib/journal/run.ts';
import { createLog } from '#lib/runtime/log.ts';
import { optionNames, refuseByName } from '#lib/runtime/options.ts';
import { endWithOutput } from '#lib/runtime/output.ts';
import { safe, safeLines } from '#lib/text/readable.ts';
import { answer } from './commands/answer.ts';
import { begin } from './commands/begin.ts';
import { addProgramCommands } from './commands/program-commands.ts';
import { printSettings } from './commands/settings.ts';
import {
  type Assignment,
  assignmentSchema,
  type Language,
  languages,
  NoSheetError,
  readAssignment,
  seedOf,
} from './sheet/assignment.ts';
import { SheetError } from './sheet/sheet-error.ts';

// The programs of sheets, in the container that reads captures: make sheet, answer, check, hand-in and grade run them. Each
// command loads what it needs alone: sixty hand-ins start it sixty times.

const CAPTURES = '/captures';
const SHEETS = '/sheets';
const {
  LAB_CAPTURES_DIR: shownAs = CAPTURES,
  LAB_CLIENT_ADDRESS: client = '',
  LAB_SERVER_ADDRESS: server = '',
  LAB_SUBNET: subnet = '',
  LAB_WIRE_ADDRESS: wire = '',
  HAND_INS_DIR: handInsShownAs = 'hand-ins',
  GRADES_DIR: gradesShownAs = 'grades',
} = process.env;

const log = createLog();
const nameOf = optionNames(process.env);
const print = (line: string) => process.stdout.write(`${safeLines(line)}\n`);
endWithOutput(process);

const program = new Command('sheets')
  .description('Gives out sheets, checks and grades them.')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(safeLines(missingByName(text))) })
  .showHelpAfterError(false);

/** A command that says for whom a sheet is. */
function forStudent(name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .requiredOption('--name <sheet>', 'the sheet')
    .requiredOption('--student <student>', 'the student')
    .option('--course <course>', 'the course', '')
    .option('--nonce <nonce>', 'other numbers than last year', '')
    .option('--language <language>', 'en or de', 'en');
}

forStudent('settings', 'prints the settings of the run for a student').action(async (options) => {
  const network = { subnet, taken: [server, wire] };
  await printSettings({ assignment: assignmentOf(options), sheets: SHEETS, network, print });
});

forStudent('begin', 'notes for whom the present run is').action(async (options) => {
  await begin(CAPTURES, assignmentOf(options));
});

forStudent('is-of', 'exits with 0 if the present run is for this student').action(async (options) => {
  const asked = seedOf(assignmentOf(options));
  const present = await readAssignment(CAPTURES);
  process.exitCode = seedOf(present) === asked ? 0 : 1;
});

program
  .command('show')
  .description('prints the sheet of the present run')
  .option('--language <language>', 'en or de, another one than until now', language)
  // It also gets what says whose sheet it is.
  .allowUnknownOption()
  .allowExcessArguments()
  .action(async (asked: { language?: Language }) => {
    const { showSheet } = await import('./commands/show.ts');
    await showSheet({ folder: CAPTURES, shownAs, sheets: SHEETS, run: await run(), ...asked, print });
  });

program
  .command('answer')
  .description('keeps an answer')
  .requiredOption('--question <id>', 'the question')
  .requiredOption('--answer <text>', 'the answer')
  .action(async (options: { question: string; answer: string }) => {
    await answer({ ...options, folder: CAPTURES, sheets: SHEETS, now: () => new Date(), print });
  });

program
  .command('check')
  .description('says of each question whether it is done')
  .option('--json', 'one JSON object', false)
  .action(async ({ json }: { json: boolean }) => {
    const { check } = await import('./commands/check.ts');
    process.exitCode = await check({ folder: CAPTURES, sheets: SHEETS, run: await run(), json, print });
  });

program
  .command('hand-in')
  .description('writes the file that a student hands in')
  .action(async () => {
    const { handIn } = await import('./commands/hand-in.ts');
    process.exitCode = await handIn({
      ...{ captures: CAPTURES, handIns: '/hand-ins', shownAs: handInsShownAs, sheets: SHEETS },
      ...{ run: await run(), now: () => new Date(), print },
    });
  });

program
  .command('judge')
  .description('judges the hand-in on standard input, and prints one JSON object')
  .action(async () => {
    const { judgeHandIn } = await import('./commands/judge.ts');
    const folder = await mkdtemp(join(tmpdir(), 'hand-in-'));
    process.exitCode = await judgeHandIn(process.stdin, { sheets: SHEETS, folder, print });
  });

const grades = { out: '/grades', shownAs: gradesShownAs };
program
  .command('begin-grading')
  .description('refuses sheets that are wrong, and a folder for the grades whose reports are something else')
  .action(async () => {
    const { beginGrading } = await import('./commands/begin-grading.ts');
    await beginGrading(grades, SHEETS);
  });

program
  .command('collect')
  .description('compares what was judged, and writes the grades')
  .option('--course <course>', 'the course of the class; another one is flagged')
  .option('--nonce <nonce>', 'the nonce of the class; another one is flagged')
  .action(async (given: { course?: string; nonce?: string }) => {
    const { collect } = await import('./commands/collect.ts');
    const parts = { judged: '/judged', ...grades, given };
    process.exitCode = await collect({ ...parts, now: () => new Date(), print });
  });
addProgramCommands(program, {
  ...{ sheets: SHEETS, captures: CAPTURES, environment: process.env, input: process.stdin, run, print },
  exit: (code) => {
    process.exitCode = code;
  },
});

refuseByName(program, nameOf);
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

/** What commander says about a missing option, with the name that a person types. */
function missingByName(text: string): string {
  return text.replace(
    /required option '(--[a-z-]+)[^']*' not specified/,
    (_, option) => `${nameOf(option)} is missing`,
  );
}

function language(text: string): Language {
  const found = languages.find((one) => one === text);
  if (found) return found;
  throw new InvalidArgumentError(`allowed: ${languages.join(', ')}`);
}

/** @throws SheetError with all values that are not allowed */
function assignmentOf({ name, ...others }: Readonly<Record<string, string>>): Assignment {
  const parsed = v.safeParse(assignmentSchema, { sheet: name, ...others });
  if (parsed.success) return parsed.output;
  const problems = parsed.issues.map(({ input, message, path }) => {
    const key = String(path?.[0]?.key);
    return `${nameOf(`--${key === 'sheet' ? 'name' : key}`)} is "${input}"; ${message}`;
  });
  throw new SheetError(problems.join('\n'));
}

function run() {
  const { HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT } = process.env;
  return readRun(CAPTURES, {
    addresses: { server, client },
    ports: {
      ...{ http: Number(HTTP_PORT), https: Number(HTTPS_PORT) },
      ...{ echo: Number(ECHO_PORT), echoTls: Number(ECHO_TLS_PORT) },
    },
  });
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof SheetError || error instanceof CaptureError || error instanceof ToolError) {
    for (const line of error.message.split('\n')) log.error(safe(line));
    if (error instanceof NoSheetError && error.earlier) {
      const earlier = join(shownAs, error.earlier);
      log.error(
        safe(`the last run of a sheet is kept: LAB_CAPTURES_DIR=${earlier} make hand-in; or make check`),
      );
    }
    return 2;
  }
  throw error;
}
