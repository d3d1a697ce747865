#!/usr/bin/env node
import { ask, CONTROL_SOCKET } from '#lib/control/control.ts';
import { FaultChangeError } from '#lib/faults/faults.ts';
import { createLog } from '#lib/runtime/log.ts';
import { changedSides, type WireStatus } from '../control.ts';
import { describe } from './describe.ts';
import { asTyped, readTyped } from './typed.ts';

// `make wire` runs this program as `wire` in the container of the wire: `wire LOSS=0.05 UP_DELAY=50ms`. With --check it
// only says whether the values are allowed.

const log = createLog();
const words = process.argv.slice(2);
const pairs = words.filter((word) => word !== '--check');

try {
  const { change, problems } = readTyped(pairs);
  if (problems.length > 0) throw new FaultChangeError(problems);
  if (words.includes('--check')) changedSides({ up: {}, down: {} }, change, change.seed);
  else {
    const path = process.env.CONTROL_SOCKET ?? CONTROL_SOCKET;
    const status = await ask(path, '/wire', pairs.length > 0 ? change : undefined);
    log.info(describe(status as WireStatus));
  }
} catch (error) {
  process.exitCode = explain(error);
}

function explain(error: unknown): number {
  if (error instanceof FaultChangeError) {
    log.error(error.problems.map((problem) => asTyped(problem, pairs)).join('\n'));
    return 2;
  }
  log.error(`the wire does not answer: ${error instanceof Error ? error.message : error}`);
  return 1;
}
