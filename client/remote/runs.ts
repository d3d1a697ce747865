import type { IncomingMessage, ServerResponse } from 'node:http';
import { Refusal } from '#lib/live/refusal.ts';
import type { RunLine } from '#lib/live/remote.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import { commandLine, type Servers } from './command-line.ts';
import { readAsked } from './options.ts';
import { Places } from './places.ts';
import { ProgramRun } from './program-run.ts';

/** Commands at once. */
export const MOST_RUNS = 4;
/** Bytes of a body, at most. */
const MOST_BYTES = 2 ** 20;

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

/** Commands of the client for a page: `POST /runs`. */
export class Runs {
  readonly #parts: RunsParts;
  readonly #places = new Places(MOST_RUNS);

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

  async #print(run: ProgramRun, response: ServerResponse): Promise<void> {
    const { seconds, timer } = this.#parts;
    const write = (line: RunLine) => writeLine(response, line);
    response.on('error', () => undefined).once('close', () => run.end());
    if (response.destroyed) run.end();
    response.writeHead(200, { 'content-type': 'application/jsonl' }).flushHeaders();
    const cancel = timer(seconds * 1000, () => {
      void write({ line: `error: ended after ${seconds} s, LIVE_RUN_SECONDS` });
      run.end();
    });
    const code = await run.printTo((line) => write({ line }));
    cancel();
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
    if (length > MOST_BYTES) throw new Refusal(413, `the body is too long; allowed: ${MOST_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
