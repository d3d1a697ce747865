#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { createLog } from '#common/log.ts';
import { CaptureError } from './capture-files.ts';
import { annotateCaptures } from './commands/annotate.ts';
import { check } from './commands/check.ts';
import { compareCaptures } from './commands/compare.ts';
import { report } from './commands/report.ts';
import { readRun } from './run.ts';
import { ToolError } from './tool.ts';

// `inspect` in the container that reads captures, which is what make inspect, annotate, report and demo run.

const CAPTURES = '/captures';

const log = createLog();
const print = (line: string) => log.info(line);

const program = new Command('inspect')
  .description('Reads the captures and journals of a run.')
  .exitOverride()
  .showHelpAfterError();

program
  .command('annotate')
  .description('writes each capture again, with the entries of the journals as comments on their frames')
  .argument('[capture...]', 'server, client, or the path of a capture', ['server', 'client'])
  .action(async (captures: string[]) => {
    process.exitCode = await annotateCaptures(captures, { folder: CAPTURES, run: await thisRun(), print });
  });

program
  .command('compare')
  .description('finds each packet in the captures of both hosts')
  .option('--json', 'one JSON object', false)
  .action(async ({ json }: { json: boolean }) => {
    process.exitCode = await compareCaptures({ folder: CAPTURES, run: await thisRun(), json, print });
  });

program
  .command('report')
  .description('writes report.html and report.json')
  .action(async () => {
    process.exitCode = await report({ folder: CAPTURES, run: await thisRun(), now: () => new Date(), print });
  });

program
  .command('check')
  .description('says of each experiment of the demo whether the packets agree')
  .action(async () => {
    process.exitCode = await check({ folder: CAPTURES, run: await thisRun(), print });
  });

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = explain(error);
}

function thisRun() {
  const { LAB_SERVER_ADDRESS = '', LAB_CLIENT_ADDRESS = '', HTTP_PORT, ECHO_PORT } = process.env;
  return readRun(CAPTURES, {
    addresses: { server: LAB_SERVER_ADDRESS, client: LAB_CLIENT_ADDRESS },
    ports: { http: Number(HTTP_PORT), echo: Number(ECHO_PORT) },
  });
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof CaptureError || error instanceof ToolError) {
    log.error(error.message);
    return 2;
  }
  throw error;
}
