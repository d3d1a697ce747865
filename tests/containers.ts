import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { removeAbandoned } from './projects.ts';

// node tests/containers.ts OPTION…: runs the suites in containers, three at a time, with these options of Jest. However
// Jest ends, it removes the labs that it has started.

const jest = spawn(
  process.execPath,
  [
    ...['--experimental-vm-modules', '--no-warnings', 'node_modules/jest/bin/jest.js'],
    ...process.argv.slice(2),
    ...['--selectProjects', 'containers', '--maxWorkers', '3'],
  ],
  // Jest gets its own process group, so that a signal also ends its workers and their commands.
  { detached: true, stdio: ['ignore', 'inherit', 'inherit'] },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    try {
      process.kill(-jest.pid!, signal);
    } catch (error) {
      // When Jest has ended, there is no process to signal, and its rest is being removed.
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  });
}

const [code, signal] = (await once(jest, 'close')) as [number | null, NodeJS.Signals | null];
await removeAbandoned();
process.exitCode = code ?? 128 + constants.signals[signal!];
