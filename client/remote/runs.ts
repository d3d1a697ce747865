import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '#lib/live/refusal.ts';
import { LONGEST_BODY, type RunLine } from '#lib/live/remote.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import { commandLine, type Servers } from './command-line.ts';
import { readAsked } from './options.ts';
import { Places } from './places.ts';
import { ProgramRun } from './program-run.ts';

/** Commands at once. */
export const MOST_RUNS = 4;
/** Before the number of a command in its path. */
export const RUNS = '/runs/';

export interface RunsParts {
  /** What runs the client, without its arguments. */
  readonly client: readonly [file: string, ...args: readonly string[]];
  readonly servers: Servers;
  /** For the client. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly timer: Timer;
  /** How long a command may take. */
  readonly seconds: number;
}

/** Commands of the client for a page: `POST /runs`, and `DELETE` of the path that its answer names. */
export class Runs {
  readonly #parts: RunsParts;
  readonly #places = new Places(MOST_RUNS);
  readonly #running = new Map<number, ProgramRun>();
  #count = 0;

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /**
   * Runs what a request asks for, and answers with the lines that the command prints and its exit code, each as a line of
   * JSON. The command ends when the connection is closed.
   *
   * @throws Refusal
   */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = readAsked(await bodyOf(request));
    const leave = this.#places.take();
    if (!leave) {
      throw new Refusal(429, `${MOST_RUNS} commands run already, and more are not allowed; end one, or wait`);
    }
    try {
      const { client, servers, environment, timer } = this.#parts;
      const [file, ...before] = client;
      const { args, names } = commandLine(asked, servers);
      const program = {
        file,
        args: [...before, ...args],
        environment: { ...environment, LAB_OPTION_NAMES: names },
      };
      await this.#print(await ProgramRun.start(program, timer), response);
    } finally {
      leave();
    }
  }

  /** Ends a command as Ctrl-C does. Its last lines and its exit code still follow. @throws Refusal when it does not run */
  end(id: number): void {
    const run = this.#running.get(id);
    if (!run) throw new Refusal(404, `run ${id} does not run`);
    run.end();
  }

  async #print(run: ProgramRun, response: ServerResponse): Promise<void> {
    const { seconds, timer } = this.#parts;
    this.#count += 1;
    const id = this.#count;
    this.#running.set(id, run);
    const write = (line: RunLine) => writeLine(response, line);
    response.on('error', () => undefined).once('close', () => run.end());
    if (response.destroyed) run.end();
    const location = `${RUNS}${id}`;
    response.writeHead(200, { 'content-type': 'application/jsonl', location }).flushHeaders();
    const cancel = timer(seconds * 1000, () => {
      void write({ line: `error: ended after ${seconds} s, LIVE_RUN_SECONDS` });
      run.end();
    });
    const code = await run
      .printTo((line) => write({ line }))
      .finally(() => {
        cancel();
        this.#running.delete(id);
      });
    await write({ code });
    response.end();
  }
}

/** Writes a line, and waits while the reader is slow. */
async function writeLine(response: ServerResponse, line: RunLine): Promise<void> {
  if (response.destroyed || response.write(`${JSON.stringify(line)}\n`)) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const done = () => resolve();
  response.once('drain', done).once('close', done);
  await promise;
  response.off('drain', done).off('close', done);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request) {
    length += part.length;
    if (length > LONGEST_BODY) throw new Refusal(413, `the body is too long; allowed: ${LONGEST_BODY} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
