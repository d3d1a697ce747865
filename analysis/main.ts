#!/usr/bin/env node
import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { readRun } from '#lib/journal/run.ts';
import { createLog } from '#lib/runtime/log.ts';
import { optionNames, refuseByName } from '#lib/runtime/options.ts';
import { endWithOutput } from '#lib/runtime/output.ts';
import { safe, safeLines } from '#lib/text/readable.ts';
import { CaptureError, findCapture, findKeys, withoutKeys } from './capture/capture-files.ts';
import { ToolError } from './capture/tool.ts';
import { annotateCaptures } from './commands/annotate.ts';
import { check } from './commands/check.ts';
import { compareCaptures } from './commands/compare.ts';
import { entries } from './commands/entries.ts';
import { live } from './views/live.ts';
import { notesOf } from './views/notes.ts';
import { safePainted } from './views/paint.ts';
import { show } from './views/show.ts';

// `inspect` in the container that reads captures, which is what make inspect, annotate, report and demo run.

const CAPTURES = '/captures';
/** Where the person who runs make has that folder. */
const { LAB_CAPTURES_DIR: shownAs = CAPTURES } = process.env;
/** The option of all that read TLS with the keys of the run. */
const NO_KEYS = ['--no-keys', 'leaves TLS as it is on the wire'] as const;

const log = createLog();
const color = process.stdout.isTTY === true && process.stdout.hasColors();
const print = (line: string) => process.stdout.write(`${color ? safePainted(line) : safeLines(line)}\n`);
const interrupt = new AbortController();
endWithOutput(process);

const terminal = {
  print,
  warn: (line: string) => process.stderr.write(`${safeLines(line)}\n`),
  color,
  signal: interrupt.signal,
};

/** Ctrl-C ends what is shown, and what was exposed until then is summed up. Everything else it just ends. */
function untilInterrupted() {
  process.on('SIGINT', () => interrupt.abort()).on('SIGTERM', () => interrupt.abort());
  return terminal;
}

const WHOLE = /^[1-9]\d{0,8}$/;

const program = new Command('inspect')
  .description('Reads the captures and journals of a run.')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(safeLines(text)) })
  .showHelpAfterError(false);

program
  .command('show')
  .description('packets as a table with hex dumps, or as dialogues')
  .argument('[capture]', 'server, client, or the path of a capture', 'server')
  .option('--filter <filter>', 'only frames that pass this display filter')
  .option('--last <n>', 'only the last so many of them', wholeNumber)
  .option('--follow', 'conversations as dialogues', false)
  .option('--bytes <n>', 'how many bytes of a payload are shown, or all', bytes)
  .option('--json', 'one JSON object a frame', false)
  .option(...NO_KEYS)
  .action(async (named: string, options) => {
    const found = await findCapture(named, CAPTURES);
    const capture = options.keys ? found : await withoutKeys(found);
    const run = await runIn(capture.folder);
    const parts = { ...untilInterrupted(), ...(await notesOf(capture, run, options)) };
    process.exitCode = await show(capture, { ...options, ports: run.ports }, parts);
  });

program
  .command('live')
  .description('shows the packets of a capture that is given to it, as they come')
  .option('--filter <filter>', 'only frames that pass this display filter')
  .option('--bytes <n>', 'how many bytes of a payload are shown, or all', bytes)
  .option('--json', 'one JSON object a frame', false)
  .option(...NO_KEYS)
  .action(async (options) => {
    const keys = options.keys ? await findKeys(CAPTURES, { orEmpty: true }) : undefined;
    const { ports } = await runIn(CAPTURES);
    process.exitCode = await live({ ...options, ports, keys }, untilInterrupted());
  });

program
  .command('annotate')
  .description('writes each capture again, with the entries of the journals as comments on their frames')
  .action(async () => {
    process.exitCode = await annotateCaptures({ folder: CAPTURES, shownAs, runIn, print });
  });

program
  .command('entries')
  .description('each entry of the journals with its frames')
  .argument('[capture]', 'server, client, or the path of a capture', 'server')
  .option('--json', 'one JSON object a line', false)
  .option(...NO_KEYS)
  .action(async (capture: string, { json, keys }: { json: boolean; keys: boolean }) => {
    process.exitCode = await entries(capture, { folder: CAPTURES, runIn, json, noKeys: !keys, print });
  });

program
  .command('compare')
  .description('finds each packet in the captures of both hosts')
  .option('--json', 'one JSON object', false)
  .action(async ({ json }: { json: boolean }) => {
    process.exitCode = await compareCaptures({ folder: CAPTURES, run: await runIn(CAPTURES), json, print });
  });

program
  .command('report')
  .description('writes report.html and report.json')
  .action(async () => {
    // The charts take half a second to load, which nothing else should wait for.
    const { report } = await import('./commands/report.ts');
    process.exitCode = await report({
      folder: CAPTURES,
      shownAs,
      run: await runIn(CAPTURES),
      now: () => new Date(),
      print,
    });
  });

program
  .command('plan')
  .description('says what the demo has to do: a step a line, its words between tabs')
  .argument('<seconds>', 'for which a balance request is waited for', wholeNumber)
  .action(async (timeout: number) => {
    const { demoSteps } = await import('./experiments/experiments.ts');
    const { LAB_SERVER_ADDRESS: server = '' } = process.env;
    for (const step of demoSteps({ server, ports: portsOfLab(), timeout })) print(step.join('\t'));
  });

program
  .command('check')
  .description('says of each experiment of the demo whether the packets agree')
  .action(async () => {
    process.exitCode = await check({ folder: CAPTURES, run: await runIn(CAPTURES), print });
  });

program
  .command('demo')
  .description('does what check, annotate and report do, of one reading of each capture')
  .action(async () => {
    const { demo } = await import('./commands/demo.ts');
    process.exitCode = await demo({
      folder: CAPTURES,
      shownAs,
      run: await runIn(CAPTURES),
      now: () => new Date(),
      print,
    });
  });

refuseByName(program, optionNames(process.env));
try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function bytes(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  if (WHOLE.test(text)) return Number(text);
  throw new InvalidArgumentError('allowed: a whole number from 1 to 999999999, or all');
}

function wholeNumber(text: string): number {
  if (WHOLE.test(text)) return Number(text);
  throw new InvalidArgumentError('allowed: a whole number from 1 to 999999999');
}

function portsOfLab() {
  const { HTTP_PORT, HTTPS_PORT, ECHO_PORT, ECHO_TLS_PORT } = process.env;
  return {
    http: Number(HTTP_PORT),
    https: Number(HTTPS_PORT),
    echo: Number(ECHO_PORT),
    echoTls: Number(ECHO_TLS_PORT),
  };
}

function runIn(folder: string) {
  const { LAB_SERVER_ADDRESS = '', LAB_CLIENT_ADDRESS = '' } = process.env;
  return readRun(folder, {
    addresses: { server: LAB_SERVER_ADDRESS, client: LAB_CLIENT_ADDRESS },
    ports: portsOfLab(),
  });
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CaptureError || error instanceof ToolError) {
    log.error(safe(error.message));
    return 2;
  }
  if (error instanceof Error && 'syscall' in error) {
    log.error(safe(error.message));
    return 1;
  }
  throw error;
}
