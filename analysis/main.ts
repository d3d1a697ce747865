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

// `inspect`, in the container that reads captures: make inspect, annotate, report and demo run it.

const CAPTURES = '/captures';
/** The path of that folder outside the container. */
const { LAB_CAPTURES_DIR: shownAs = CAPTURES } = process.env;
/** The option of all commands that decrypt TLS with the keys of the run. */
const NO_KEYS = ['--no-keys', 'leaves TLS encrypted'] as const;

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

/** Ctrl-C ends the display, which still prints its summary. Other commands just end. */
function untilInterrupted() {
  process.on('SIGINT', () => interrupt.abort()).on('SIGTERM', () => interrupt.abort());
  return terminal;
}

const WHOLE = /^[1-9]\d{0,8}$/;
const TRANSFER = /^[0-9a-f]{8}$/;

const program = new Command('inspect')
  .description('Reads the captures and journals of a run.')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(safeLines(text)) })
  .showHelpAfterError(false);

program
  .command('show')
  .description('packets as a table with hex dumps, or as dialogues')
  .argument('[capture]', 'server, client, wire, or the path of a capture', 'server')
  .option('--filter <filter>', 'only frames that pass this display filter')
  .option('--transfer <id>', 'only the datagrams of this transfer of make send', transferId)
  .option('--last <n>', 'only the last n frames, or dialogues', wholeNumber)
  .option('--follow', 'conversations as dialogues', false)
  .option('--bytes <n>', 'show at most n bytes of a payload: 0 leaves hex dumps out, or all', bytes)
  .option('--json', 'one JSON object per frame', false)
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
  .description('shows the packets of the capture on standard input, as they arrive')
  .option('--filter <filter>', 'only frames that pass this display filter')
  .option('--bytes <n>', 'show at most n bytes of a payload: 0 leaves hex dumps out, or all', bytes)
  .option('--json', 'one JSON object per frame', false)
  .option(...NO_KEYS)
  .action(async (options) => {
    const keys = options.keys ? await findKeys(CAPTURES, { orEmpty: true }) : undefined;
    const { ports } = await runIn(CAPTURES);
    process.exitCode = await live({ ...options, ports, keys }, untilInterrupted());
  });

program
  .command('annotate')
  .description('copies each capture, with journal entries as comments on their frames')
  .action(async () => {
    process.exitCode = await annotateCaptures({ folder: CAPTURES, shownAs, runIn, print });
  });

program
  .command('entries')
  .description('each journal entry with its frames')
  .argument('[capture]', 'server, client, or the path of a capture', 'server')
  .option('--json', 'one JSON object per line', false)
  .option(...NO_KEYS)
  .action(async (capture: string, { json, keys }: { json: boolean; keys: boolean }) => {
    process.exitCode = await entries(capture, { folder: CAPTURES, runIn, json, noKeys: !keys, print });
  });

program
  .command('compare')
  .description('looks for each packet in the captures of both hosts')
  .option('--json', 'one JSON object', false)
  .action(async ({ json }: { json: boolean }) => {
    process.exitCode = await compareCaptures({ folder: CAPTURES, run: await runIn(CAPTURES), json, print });
  });

program
  .command('report')
  .description('writes report.html and report.json')
  .action(async () => {
    // Only this command needs the charts, which take half a second to load.
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
  .description('prints the steps of the demo, one per line, words separated by tabs')
  .argument('<seconds>', 'timeout of a balance request', wholeNumber)
  .option('--no-wire', 'leaves out the experiments on a wire')
  .action(async (timeout: number, { wire: hasWire }: { wire: boolean }) => {
    const { demoSteps } = await import('./experiments/experiments.ts');
    const { LAB_SERVER_ADDRESS: server = '' } = process.env;
    for (const step of demoSteps({ server, ports: portsOfLab(), timeout, hasWire })) print(step.join('\t'));
  });

program
  .command('check')
  .description('prints of each experiment of the demo whether the packets agree')
  .action(async () => {
    process.exitCode = await check({ folder: CAPTURES, run: await runIn(CAPTURES), print });
  });

program
  .command('demo')
  .description('does the work of check, annotate and report with one reading of each capture')
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
  if (text === '0' || WHOLE.test(text)) return Number(text);
  throw new InvalidArgumentError('allowed: a whole number from 0 to 999999999, or all');
}

function transferId(text: string): string {
  if (TRANSFER.test(text)) return text;
  throw new InvalidArgumentError('allowed: the id of a transfer, 8 hex digits such as 7f3a90c1');
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
