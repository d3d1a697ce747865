import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

// node tests/containers.ts OPTION…: the suites in containers, two at a time, with these options of jest. What else a
// machine does can hold a suite up for longer than any test allows for: one that fails is named and runs once more,
// alone, and then it counts.

interface Results {
  readonly testResults: readonly { readonly name: string; readonly status: string }[];
}

const options = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'wirelab-results-'));
process.once('exit', () => rmSync(folder, { recursive: true }));
// Ctrl-C ends jest, and this behind it.
process.on('SIGINT', () => undefined);

/** Runs jest. @returns its exit code, and the paths of the suites that failed */
function jest(...more: string[]): { readonly code: number; readonly failed: string[] } {
  const outcome = join(folder, 'outcome.json');
  rmSync(outcome, { force: true });
  const program = ['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'];
  const all = [
    ...options,
    ...['--selectProjects', 'containers', 'waiting'],
    ...['--json', '--outputFile', outcome],
    ...more,
  ];
  const { status } = spawnSync(process.execPath, [...program, ...all], { stdio: 'inherit' });
  if (status === 0 || !existsSync(outcome)) return { code: status ?? 1, failed: [] };
  const { testResults }: Results = JSON.parse(readFileSync(outcome, 'utf8'));
  const failed = testResults.filter((result) => result.status === 'failed').map(({ name }) => name);
  return { code: status ?? 1, failed: [...new Set(failed)] };
}

const { code, failed } = jest('--maxWorkers', '2');
process.exitCode = code;
if (failed.length > 0) {
  const names = failed.map((path) => relative(process.cwd(), path)).join(' ');
  console.error(`wirelab: failed, and runs once more, alone: ${names}`);
  process.exitCode = jest('--maxWorkers', '1', '--runTestsByPath', ...failed).code;
  if (process.exitCode === 0) console.error(`wirelab: failed once, and passed alone: ${names}`);
}
