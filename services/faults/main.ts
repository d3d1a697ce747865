#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { askFaults, CONTROL_SOCKET } from '#lib/control/control.ts';
import { type FaultChange, FaultChangeError, type FaultStatus } from '#lib/faults/faults.ts';
import { createLog } from '#lib/runtime/log.ts';
import { optionNames } from '#lib/runtime/options.ts';
import { safeLines } from '#lib/text/readable.ts';

// `make faults` runs this program as `faults` in the containers of the servers.

interface Options {
  readonly profile?: string;
  readonly tcp?: string;
  readonly udp?: string;
  readonly seed?: string;
  readonly reset?: boolean;
  readonly check?: boolean;
}

/** Printed after the line for UDP, because transfers use UDP. */
const SCRIPT_FOR_MESSAGES =
  '  A script for both protocols applies to messages only. ECHO_UDP= gives transfers (make send) a script.';

const NO_FAULTS =
  'echo: the server is in sink mode (ECHO_MODE=sink) and sends no answers, so it has no faults';

/** The option for each part of a change that a server names before a problem. */
const optionOf: Readonly<Record<string, string>> = {
  profile: '--profile',
  'echo-tcp profile': '--tcp',
  'echo-udp profile': '--udp',
  seed: '--seed',
};

const log = createLog();
const nameOf = optionNames(process.env);

const program = new Command('faults')
  .description('Shows the active fault profile of this program, after a change if you ask for one.')
  .option('--profile <profile>', 'new fault profile, such as timeout=0.5,403=0.1, script:loss,none, or none')
  .option('--tcp <profile>', 'new fault profile of the echo server for TCP only')
  .option('--udp <profile>', 'new fault profile of the echo server for UDP only')
  .option('--seed <text>', 'new seed; begins at draw 1')
  .option('--reset', 'return to the configured fault profile and seed; begins at draw 1')
  .option('--check', 'only check whether the change is allowed')
  .exitOverride()
  .configureOutput({ writeErr: (text) => process.stderr.write(safeLines(text)) });

try {
  const options = program.parse().opts<Options>();
  const asked = Object.keys(options).length > 0;
  const all = await askFaults(
    process.env.CONTROL_SOCKET ?? CONTROL_SOCKET,
    asked ? change(options) : undefined,
  );
  if (!options.check) log.info(all.map(asked ? activeProfile : table).join('\n') || NO_FAULTS);
} catch (error) {
  process.exitCode = explain(error);
}

function change({ tcp, udp, ...rest }: Options): FaultChange & { readonly check?: boolean } {
  return {
    ...rest,
    profiles: {
      ...(tcp !== undefined && { 'echo-tcp': tcp }),
      ...(udp !== undefined && { 'echo-udp': udp }),
    },
  };
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof FaultChangeError) {
    log.error(error.problems.map(asTyped).join('\n'));
    return 2;
  }
  log.error(`the server does not answer: ${error instanceof Error ? error.message : error}`);
  return 1;
}

function asTyped(problem: string): string {
  const [part = '', ...words] = problem.split(': ');
  const option = optionOf[part];
  return option ? `${nameOf(option)}: ${words.join(': ')}` : problem;
}

/** The fault profile of a server, its seed and its next draw. */
function activeProfile({ server, profile, of, seed, draws }: FaultStatus): string {
  const line = `${server}: ${profile}, seed ${seed}, next draw ${draws + 1}`;
  return server === 'echo-udp' && of === 'messages' ? `${line}\n${SCRIPT_FOR_MESSAGES}` : line;
}

/** The same with the counts of each fault. A fault with probability 0 that never happened has no row. */
function table(status: FaultStatus): string {
  const { noun, counts } = status;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const rows = counts
    .filter(({ probability, count }) => probability > 0 || count > 0)
    .map(({ fault, probability, count }) => {
      const share = total === 0 ? '-' : percent(count / total);
      return row(fault, percent(probability), share, String(count));
    });
  return [activeProfile(status), row(noun, 'probability', 'observed', 'count'), ...rows].join('\n');
}

function row(name: string, ...figures: string[]): string {
  return `  ${name.padEnd(12)}${figures.map((figure) => figure.padStart(12)).join('')}`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
