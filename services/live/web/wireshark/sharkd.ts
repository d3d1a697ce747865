import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import * as v from 'valibot';
import type { Timer } from '#lib/runtime/timer.ts';

/** sharkd answered that a request is not possible, such as a filter that is none. */
export class SharkdRefusal extends Error {
  readonly code = 'LAB_SHARKD_REFUSAL';
}

/** sharkd ended, or did not answer in time. */
export class SharkdFailure extends Error {
  readonly code = 'LAB_SHARKD';
}

export interface SharkdParts {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timer: Timer;
  /** How long a request may take, in ms. */
  readonly patience: number;
}

/** sharkd reads a line into a buffer of this size in bytes, and ends at a longer one. */
const LONGEST_LINE = 2_000;
/** Files after which the program is replaced: 4.0 keeps 11 MB of memory for each file that it has loaded. */
const MOST_FILES = 16;
/** The longest answer, in bytes. A frame of 64 KiB has one of 1 MB. */
const LONGEST_ANSWER = 64 * 1024 * 1024;

const answerSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    id: v.number(),
    result: v.optional(v.unknown()),
    error: v.optional(v.object({ message: v.string() })),
  }),
);

type Process = ChildProcessByStdio<Writable, Readable, null>;

interface Waiting {
  readonly id: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Wireshark's dissection as a program that stays: JSON-RPC 2.0 on its standard input and output, one request at a time.
 * A program that ended is started again at the next request.
 */
export class Sharkd<Loaded = unknown> {
  /** What the program has loaded, as its user describes it. */
  loaded: Loaded | undefined;
  readonly #parts: SharkdParts;
  #process: Process | undefined;
  #waiting: Waiting | undefined;
  #received: Buffer[] = [];
  #size = 0;
  #id = 0;
  #files = 0;

  constructor(parts: SharkdParts) {
    this.#parts = parts;
  }

  /**
   * Asks for something. The caller waits for the answer before it asks again.
   *
   * @throws SharkdRefusal when sharkd refuses it, SharkdFailure when there is no answer
   */
  async ask(method: string, params: Readonly<Record<string, unknown>>): Promise<unknown> {
    if (method === 'load') this.#files += 1;
    this.#id += 1;
    const id = this.#id;
    const line = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    if (Buffer.byteLength(line) > LONGEST_LINE)
      throw new SharkdRefusal(`it is longer than ${LONGEST_LINE} bytes`);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#waiting = { id, resolve, reject };
    const { patience, timer } = this.#parts;
    const cancel = timer(patience, () => this.#fail(`no answer to ${method} after ${patience} ms`));
    this.#started().stdin.write(`${line}\n`);
    try {
      return await promise;
    } finally {
      cancel();
      this.#waiting = undefined;
    }
  }

  /** Starts the program if it does not run, or anew if it has loaded many files, so that the next request need not wait. */
  async prepare(): Promise<void> {
    if (this.#files >= MOST_FILES) this.end();
    if (!this.#process) await this.ask('status', {});
  }

  /** Ends the program. The next request starts another one. */
  end(): void {
    this.#fail('it was ended');
  }

  #started(): Process {
    if (this.#process) return this.#process;
    const { command, environment } = this.#parts;
    const [program, ...args] = command;
    const child = spawn(program, args, { env: environment, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#process = child;
    this.#received = [];
    this.#size = 0;
    this.#files = 0;
    const ended = (why: string) => {
      if (this.#process === child) this.#fail(why);
    };
    child.once('error', (error) => ended(error.message));
    child.once('close', (status, signal) => ended(`it ended with ${status ?? signal}`));
    // The `close` that follows says why.
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (bytes: Buffer) => {
      if (this.#process === child) this.#take(bytes);
    });
    return child;
  }

  #take(bytes: Buffer): void {
    this.#received.push(bytes);
    this.#size += bytes.length;
    if (this.#size > LONGEST_ANSWER) this.#fail(`an answer is longer than ${LONGEST_ANSWER} bytes`);
    if (!bytes.includes('\n')) return;
    const lines = Buffer.concat(this.#received).toString().split('\n');
    const rest = Buffer.from(lines.pop()!);
    this.#received = [rest];
    this.#size = rest.length;
    for (const line of lines) if (line !== '') this.#answer(line);
  }

  #answer(line: string): void {
    const waiting = this.#waiting;
    const { success, output } = v.safeParse(answerSchema, line);
    if (!success) this.#fail('its answer is not one of JSON-RPC');
    else if (!waiting || output.id !== waiting.id) return;
    else if (output.error) waiting.reject(new SharkdRefusal(output.error.message));
    else waiting.resolve(output.result);
  }

  #fail(why: string): void {
    this.#process?.kill('SIGKILL');
    this.#process = undefined;
    this.loaded = undefined;
    this.#waiting?.reject(new SharkdFailure(`sharkd: ${why}`));
  }
}
