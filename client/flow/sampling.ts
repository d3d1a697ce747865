import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** How long the first line may take, in ms. Without it the flow begins all the same, and has no samples. */
const FIRST_MS = 2_000;

/** Lines of samples.sh, while a flow runs. */
export interface Sampling {
  /** Waits for the first line, so that no connection is missed. */
  begun(): Promise<void>;
  /** Ends it, and returns when every line was taken. */
  end(): Promise<void>;
}

/** Runs samples.sh here: this host sends. */
export function sampleHere(address: string, port: number, onLine: (line: string) => void): Sampling {
  const script = join(import.meta.dirname, 'samples.sh');
  const child = spawn(script, [address, `${port}`], { stdio: ['pipe', 'pipe', 'ignore'] });
  // Without bash or ss there are no samples.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  return reading(child.stdout, onLine, () => endOf(child));
}

/** Takes the lines of a samples.sh that runs in the other host, which sends. */
export function samplesFrom(input: Readable, onLine: (line: string) => void): Sampling {
  return reading(input, onLine, () => input.destroy());
}

function endOf(child: ChildProcess): void {
  child.stdin?.end();
}

function reading(input: Readable, onLine: (line: string) => void, end: () => void): Sampling {
  const first = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const lines = createInterface({ input });
  lines.on('line', (line) => {
    onLine(line);
    first.resolve();
  });
  lines.on('close', () => {
    first.resolve();
    closed.resolve();
  });
  input.on('error', () => lines.close()).on('close', () => lines.close());
  return {
    async begun() {
      const late = setTimeout(first.resolve, FIRST_MS);
      await first.promise;
      clearTimeout(late);
    },
    async end() {
      end();
      const late = setTimeout(() => lines.close(), FIRST_MS);
      await closed.promise;
      clearTimeout(late);
    },
  };
}
