import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { constants as osConstants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import type { Sleep } from '#lib/runtime/sleep.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import { type Session, sessionOf } from './session.ts';
import type { Shell, Size } from './shell.ts';

const PROGRAM = join(import.meta.dirname, 'pty.pl');
/** How long the programs on a terminal may take to end with it, in ms. */
const TO_END_MS = 2_000;
/** The pause after which input is offered once more to a program that has not read the input before it, in ms. */
const PAUSE_MS = 10;

const run = promisify(execFile);

export interface ShellCommand {
  readonly command: readonly [string, ...string[]];
  readonly folder?: string | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

interface Started {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
}

export interface PtyParts {
  readonly sleep: Sleep;
  readonly timer: Timer;
}

/**
 * A shell on a terminal of its own (pty(7)), whose other side this process reads and writes.
 *
 * socat has such a terminal too. But it waits for the program in each write, and then reads nothing. A long paste into a
 * program that prints what it reads stops both for ever.
 */
export class Pty implements Shell {
  readonly #master: ReadStream;
  readonly #file: number;
  readonly #path: string;
  readonly #session: Session;
  readonly #parts: PtyParts;
  readonly #closed = new AbortController();
  #size: Size | undefined;
  #isSizing = false;
  #isEnding = false;
  /** The exit code of the shell; 128 and the number of the signal that ended it. */
  readonly ended: Promise<number>;

  private constructor(
    { child, exited }: Started,
    { file, path }: { readonly file: number; readonly path: string },
    parts: PtyParts,
  ) {
    this.#file = file;
    this.#path = path;
    this.#parts = parts;
    this.#session = sessionOf(child.pid!);
    this.#master = new ReadStream(file);
    this.#master.once('close', () => this.#closed.abort());
    this.ended = exited.then(([code, signal]) => {
      this.#endOthers();
      return (code as number | null) ?? 128 + osConstants.signals[signal as NodeJS.Signals];
    });
  }

  /** @throws an error with the reason when there is no terminal or no shell */
  static async open(
    { command, folder, environment }: ShellCommand,
    size: Size,
    parts: PtyParts,
  ): Promise<Pty> {
    const file = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
    const child = spawn('perl', [PROGRAM, `${size.columns}`, `${size.rows}`, ...command], {
      stdio: ['ignore', 'pipe', 'pipe', file],
      env: environment,
      cwd: folder,
      detached: true,
    });
    const exited = once(child, 'exit');
    // It is awaited later.
    exited.catch(() => undefined);
    try {
      await once(child, 'spawn');
      const [path, problem] = await Promise.all([child.stdout!, child.stderr!].map((stream) => text(stream)));
      if (!path) throw new Error(`there is no terminal: ${problem!.trim()}`);
      return new Pty({ child, exited }, { file, path: path.trim() }, parts);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }

  /** What is printed on the terminal. It ends with the last program on it. */
  async *output(): AsyncGenerator<Buffer> {
    try {
      yield* this.#master;
    } catch {
      // The system reports the end of a terminal as an error, EIO.
    }
  }

  /** Types bytes, and waits until the terminal has taken them. */
  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length && !this.#closed.signal.aborted; ) {
      const taken = this.#offer(bytes.subarray(at));
      at += taken;
      if (taken === 0) await this.#parts.sleep(PAUSE_MS, this.#closed.signal).catch(() => undefined);
    }
  }

  /** The bytes that the terminal takes at once. */
  #offer(bytes: Buffer): number {
    try {
      return writeSync(this.#file, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return 0;
      // Nobody reads from this terminal any more.
      return bytes.length;
    }
  }

  /** Gives the terminal another size. Its programs get SIGWINCH. */
  resize(size: Size): void {
    this.#size = size;
    if (!this.#isSizing) void this.#applySizes();
  }

  async #applySizes(): Promise<void> {
    this.#isSizing = true;
    for (let size = this.#size; size && !this.#closed.signal.aborted; size = this.#size) {
      this.#size = undefined;
      await run('stty', ['-F', this.#path, 'columns', `${size.columns}`, 'rows', `${size.rows}`]).catch(
        () => undefined,
      );
    }
    this.#isSizing = false;
  }

  /** Ends the shell and all programs on its terminal: by SIGHUP, as when a window is closed, then by force. */
  end(): void {
    this.#endOthers();
    this.#master.destroy();
  }

  #endOthers(): void {
    if (this.#isEnding) return;
    this.#isEnding = true;
    // A stopped program has to go on to get it.
    this.#session.signal('SIGHUP', 'SIGCONT');
    this.#parts.timer(TO_END_MS, () => {
      this.#session.signal('SIGKILL');
      this.#master.destroy();
    });
  }
}
