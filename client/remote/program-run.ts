import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Readable } from 'node:stream';
import type { Timer } from '#lib/runtime/timer.ts';
import { Lines } from './lines.ts';

/** How long a program may take to end when it is asked to, in ms. */
const TO_END_MS = 5_000;

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

/** A program that runs, with nothing on its standard input. */
export class ProgramRun {
  readonly #child: Child;
  readonly #timer: Timer;
  readonly #closed: Promise<unknown[]>;
  #hasEnded = false;
  #cancel: (() => void) | undefined;

  private constructor(child: Child, timer: Timer) {
    this.#child = child;
    this.#timer = timer;
    this.#closed = once(child, 'close');
    // It is awaited later.
    this.#closed.catch(() => undefined);
  }

  /** @throws the system's error when it can't be started */
  static async start({ file, args, environment }: Program, timer: Timer): Promise<ProgramRun> {
    const child = spawn(file, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: environment,
      // A group of its own, so that it ends together with the programs that it starts.
      detached: true,
    });
    const run = new ProgramRun(child, timer);
    await once(child, 'spawn');
    return run;
  }

  /**
   * Writes each line that it prints, and waits until it is written.
   *
   * @returns the exit code when it has ended; 128 and the number of the signal that ended it
   */
  async printTo(write: (line: string) => Promise<void>): Promise<number> {
    const { stdout, stderr } = this.#child;
    await Promise.all([stdout, stderr].map((stream) => printLines(stream, write)));
    const [code, signal] = (await this.#closed) as [number | null, NodeJS.Signals | null];
    this.#hasEnded = true;
    this.#cancel?.();
    return code ?? 128 + constants.signals[signal!];
  }

  /** Ends it as Ctrl-C does; and by force when that takes too long. */
  end(): void {
    if (this.#hasEnded || this.#cancel) return;
    this.#child.kill('SIGINT');
    this.#cancel = this.#timer(TO_END_MS, () => killGroup(this.#child.pid!));
  }
}

async function printLines(stream: Readable, write: (line: string) => Promise<void>): Promise<void> {
  const lines = new Lines();
  for await (const bytes of stream) for (const line of lines.take(bytes)) await write(line);
  for (const line of lines.rest()) await write(line);
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // All of them have ended meanwhile.
  }
}
