#!/usr/bin/env node
import { Command } from 'commander';
import { askFaults } from './control.ts';
import { FaultChangeError, type FaultStatus } from './faults.ts';
import { createLog } from './log.ts';

// `faults` on the PATH of a server's container, which is what `make faults` runs.

const log = createLog();

const { profile, seed, reset } = new Command('faults')
  .description('Shows what decides the faults of this server, after a change when one is asked for.')
  .option('--profile <profile>', 'new fault profile, such as timeout=0.5,403=0.1, or none')
  .option('--seed <text>', 'new seed, beginning at draw 1')
  .option('--reset', 'back to the configured profile and seed, at draw 1')
  .parse()
  .opts<{ profile?: string; seed?: string; reset?: boolean }>();

const change = profile === undefined && seed === undefined && !reset ? undefined : { profile, seed, reset };

try {
  const status = await askFaults(process.env.CONTROL_SOCKET ?? '/run/wirelab/control.sock', change);
  log.info(table(status));
} catch (error) {
  if (error instanceof FaultChangeError) {
    for (const problem of error.problems) log.error(problem);
    process.exitCode = 2;
  } else {
    log.error(`the server does not answer: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

function table({ server, profile, seed, draws, counts }: FaultStatus): string {
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const rows = counts.map(({ fault, probability, count }) => {
    const share = total === 0 ? '' : percent(count / total);
    return `  ${fault.padEnd(12)}${percent(probability).padStart(10)}${share.padStart(10)}${String(count).padStart(8)}`;
  });
  return [
    `${server}: ${profile}, seed ${seed}, next draw ${draws + 1}`,
    `  ${'fault'.padEnd(12)}${'configured'.padStart(10)}${'observed'.padStart(10)}${'count'.padStart(8)}`,
    ...rows,
  ].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
