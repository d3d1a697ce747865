import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import { optionNames, refuseByName } from '#lib/runtime/options.ts';
import { againstBaseline, parseBaseline, printBaseline, withMeasured } from './baseline.ts';
import { thisPlace } from './place.ts';
import type { Ratio } from './section.ts';
import { sections } from './sections.ts';

// Prints the figures beside the baseline, and does not judge them.

const BASELINE = join(import.meta.dirname, 'baseline.json');

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort()).once('SIGTERM', () => interrupt.abort());

const program = new Command('bench')
  .description('Measures speed, memory and start-up, and prints what has changed since the baseline.')
  .option('--sections <names>', `some of ${Object.keys(sections).join(', ')} (default: all)`, names)
  .option('--baseline', 'make the new figures the baseline', false)
  .exitOverride()
  .showHelpAfterError(!process.env.LAB_OPTION_NAMES);
refuseByName(program, optionNames(process.env));

try {
  program.parse();
} catch (error) {
  const { exitCode = 1 } = error as { exitCode?: number };
  process.exit(exitCode && 2);
}
const { sections: asked = Object.keys(sections), baseline: isBaseline } = program.opts<{
  sections?: string[];
  baseline: boolean;
}>();

const measured = await measure(asked);
if (interrupt.signal.aborted) {
  process.exitCode = 130;
} else {
  const [baseline, place] = [parseBaseline(await readFile(BASELINE, 'utf8')), await thisPlace()];
  console.log(againstBaseline(baseline, measured, place));
  if (isBaseline) await writeFile(BASELINE, printBaseline(withMeasured(baseline, measured, place)));
}

/** @throws InvalidArgumentError */
function names(text: string): string[] {
  const listed = text.split(/[\s,]+/).filter((name) => name !== '');
  if (listed.length === 0 || !listed.every((name) => Object.hasOwn(sections, name))) {
    throw new InvalidArgumentError(`allowed: ${Object.keys(sections).join(', ')}`);
  }
  return [...new Set(listed)];
}

/** The ratios of each section that has not failed. */
async function measure(asked: readonly string[]): Promise<Map<string, readonly Ratio[]>> {
  const measured = new Map<string, readonly Ratio[]>();
  for (const name of asked) {
    const { title, run } = sections[name]!;
    console.log(`${name}: ${title}\n`);
    try {
      const { text, ratios } = await run(interrupt.signal);
      console.log(`${text}\n`);
      measured.set(name, ratios);
    } catch (error) {
      if (interrupt.signal.aborted) break;
      for (const reason of reasons(error)) console.error(`${name} failed:`, reason, '\n');
      process.exitCode = 1;
    }
  }
  return measured;
}

/** An error, and before it the error that it hides, when cleaning up failed too. */
function reasons(error: unknown): unknown[] {
  return error instanceof SuppressedError ? [...reasons(error.suppressed), ...reasons(error.error)] : [error];
}
