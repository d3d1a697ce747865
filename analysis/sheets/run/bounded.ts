import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import type { Timer } from '#lib/runtime/timer.ts';
import type { StageRecord } from '../program/sheet/record.ts';

/** The most bytes that are kept of what a program prints; when it prints this often as much, it is ended. */
const KEPT = 64 * 1024;
const FLOOD = 64 * KEPT;
/** How long output may still arrive after the end of a program, in ms: a program that it started may hold the pipe. */
const LINGER_MS = 200;

/** A program with its bounds. */
export interface Bounded {
  readonly file: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it reads from its standard input. */
  readonly input: string;
  /** After this time it is ended. */
  readonly seconds: number;
}

/** How a program ran: times in seconds since 1970, by the clock that the captures use, and the begin of its output. */
export type Ran = Omit<StageRecord, 'stage'>;

export interface RunParts {
  readonly timer: Timer;
  /** In ms since 1970. */
  readonly now: () => number;
  /** Aborted when the program is to end. */
  readonly ends: AbortSignal;
}

/** Runs a program, and ends it with all programs that it has started when it exceeds a bound. */
export async function runBounded(
  { file, args, folder, environment, input, seconds }: Bounded,
  { timer, now, ends }: RunParts,
): Promise<Ran> {
  const began = now() / 1000;
  const child = spawn(file, args, { cwd: folder, env: environment, stdio: 'pipe', detached: true });
  let forced: Ran['forced'];
  const force = (why: Ran['forced']) => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    forced ??= why;
    endGroup(child.pid);
  };
  const cancel = timer(seconds * 1000, () => force('time'));
  ends.addEventListener('abort', () => force('asked'));
  // A program need not read its input.
  child.stdin.on('error', () => undefined).end(input);
  const [stdout, stderr] = [child.stdout, child.stderr].map(
    (stream) => new Output(stream, () => force('output')),
  );
  const closed = once(child, 'close').catch(() => undefined);
  const [code] = (await once(child, 'exit').catch(() => [127])) as [number | null];
  const ended = now() / 1000;
  cancel();
  endGroup(child.pid);
  const { promise: lingered, resolve } = Promise.withResolvers<void>();
  const stopLingering = timer(LINGER_MS, resolve);
  await Promise.race([closed, lingered]);
  stopLingering();
  // A process of its own session has survived, and must not keep the stage open.
  for (const stream of child.stdio) stream?.destroy();
  return { began, ended, code: code ?? undefined, forced, stdout: stdout!.text, stderr: stderr!.text };
}

/** The first bytes of what a program prints. */
class Output {
  readonly #kept: Buffer[] = [];
  #bytes = 0;

  constructor(stream: Readable, onFlood: () => void) {
    stream.on('data', (bytes: Buffer) => {
      if (this.#bytes < KEPT) this.#kept.push(bytes);
      this.#bytes += bytes.length;
      if (this.#bytes > FLOOD) onFlood();
    });
  }

  get text(): string {
    return Buffer.concat(this.#kept).subarray(0, KEPT).toString('utf8');
  }
}

function endGroup(leader: number | undefined): void {
  try {
    if (leader !== undefined) process.kill(-leader, 'SIGKILL');
  } catch {
    // All of them have ended.
  }
}
