import { pathToFileURL } from 'node:url';
import type { Ended, Run } from './programs.ts';

// node each-run.ts RUNS: see programs.ts. Prints what became of each, as JSON.

const runs: readonly Run[] = JSON.parse(process.argv[2]!);
const print = process.stdout.write.bind(process.stdout);
/** What a program throws here that ends the process. */
const exit = Symbol('exit');

process.exit = (code) => {
  process.exitCode = code ?? 0;
  throw exit;
};
for (const emitter of [process, process.stdout]) emitter.setMaxListeners(0);

const ended: Ended[] = [];
for (const [index, run] of runs.entries()) ended.push(await end(run, index));
process.exitCode = 0;
print(JSON.stringify(ended));

async function end({ args, names = '' }: Run, index: number): Promise<Ended> {
  const printed = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = (text: string | Uint8Array) => {
      printed[name] += text;
      return true;
    };
  }
  process.argv = [process.execPath, ...args];
  process.env.LAB_OPTION_NAMES = names;
  process.exitCode = 0;
  try {
    // By another name each time, so that it runs again; what it imports is loaded once.
    await import(`${pathToFileURL(args[0]!)}?${index}`);
  } catch (error) {
    if (error !== exit) throw error;
  }
  return { status: Number(process.exitCode), ...printed };
}
