import { delay } from './delay.ts';
import { echo } from './echo.ts';
import { held } from './held.ts';
import { idle } from './idle.ts';
import { inspect } from './inspect.ts';
import { journal } from './journal.ts';
import { memory } from './memory.ts';
import type { Section } from './section.ts';
import { start } from './start.ts';
import { throughput } from './throughput.ts';
import { tls } from './tls.ts';
import { transfer } from './transfer.ts';

// node bench/main.ts [SECTION…]: prints what it measures and judges nothing.

const sections: ReadonlyMap<string, Section> = new Map(
  Object.entries({ throughput, journal, held, echo, tls, transfer, inspect, idle, delay, start, memory }),
);

const interrupt = new AbortController();
process.once('SIGINT', () => interrupt.abort()).once('SIGTERM', () => interrupt.abort());

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !sections.has(name));
if (unknown.length > 0) {
  console.error(`no section ${unknown.join(', ')}; there are: ${[...sections.keys()].join(', ')}`);
  process.exitCode = 2;
} else {
  await measure(asked.length > 0 ? asked : [...sections.keys()]);
}

async function measure(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const { title, run } = sections.get(name)!;
    console.log(`${name}: ${title}\n`);
    try {
      console.log(`${await run(interrupt.signal)}\n`);
    } catch (error) {
      if (interrupt.signal.aborted) {
        process.exitCode = 130;
        return;
      }
      for (const reason of reasons(error)) console.error(`${name} failed:`, reason, '\n');
      process.exitCode = 1;
    }
  }
}

/** An error, and before it the one it came on top of, when tidying up failed too. */
function reasons(error: unknown): unknown[] {
  return error instanceof SuppressedError ? [...reasons(error.suppressed), ...reasons(error.error)] : [error];
}
