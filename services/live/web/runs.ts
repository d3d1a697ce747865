import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import * as v from 'valibot';
import { Refusal } from '#lib/live/refusal.ts';
import { type Asked, commandNames, LONGEST_LINE } from '#lib/live/remote.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Beginning, CommandRun, Ended, Printed } from '../contract.ts';
import { typedOf } from '../page/model/typed.ts';
import { isAbsent } from './asking.ts';
import type { LiveEvent } from './streams/message.ts';

/** How long the client host may take to answer, in ms, and to end a command: it has 5 s before it is ended by force. */
const TO_ANSWER_MS = 10_000;
const TO_END_MS = 10_000;
/** The code of a command whose connection has broken off: the client host ends it as Ctrl-C does. */
const CUT_OFF = 130;
/** How long printed lines wait for more, in ms, and how many make one event. */
const GATHER_MS = 50;
const MOST_LINES = 200;
/** Characters of a line as JSON, which has up to six for one, and of what is around it. */
const LONGEST_JSON = 7 * LONGEST_LINE;
/** Lines of a run that a page gets which connects while it runs, at least. */
const KEPT_LINES = 200;
/** Runs whose exit codes are kept for pages that begin again. */
const KEPT_ENDED = 20;

const askedSchema = v.strictObject({
  command: v.picklist(commandNames),
  options: v.record(
    v.pipe(v.string(), v.regex(/^[A-Z_]{1,40}$/, 'an option is in capital letters')),
    v.string(),
  ),
});

const lineSchema = v.union([v.strictObject({ line: v.string() }), v.strictObject({ code: v.number() })]);

export interface RunsParts {
  /** The Unix socket of the program in the client host. */
  readonly socket: string;
  /** Receives the events for all pages. */
  readonly emit: (event: LiveEvent) => void;
  readonly timer: Timer;
  /** Seconds since 1970. */
  readonly now: () => number;
}

/** The commands that pages have started in the client host. */
export class Runs {
  readonly #parts: RunsParts;
  readonly #running = new Map<number, Run>();
  #ended: readonly Ended[] = [];
  #count = 0;

  constructor(parts: RunsParts) {
    this.#parts = parts;
  }

  /** Starts a command. @throws Refusal when the client host refuses it or does not answer */
  async start(body: unknown): Promise<CommandRun> {
    const asked = v.parse(askedSchema, body);
    const response = await this.#ask(asked);
    if (response.statusCode !== 200) {
      const cancel = this.#parts.timer(TO_ANSWER_MS, () => response.destroy());
      const problems = await problemsOf(response).finally(cancel);
      throw new Refusal(response.statusCode ?? 500, ...problems);
    }
    return this.#begin(asked, response);
  }

  /** Ends a run; its last lines and its code follow. Returns false when there is none of this number. */
  end(run: number): boolean {
    const running = this.#running.get(run);
    running?.end();
    return running !== undefined;
  }

  /** What a page must know that connects later. */
  state(): Pick<Beginning, 'runs' | 'ended'> {
    return { runs: [...this.#running.values()].map((run) => run.state), ended: this.#ended };
  }

  close(): void {
    for (const run of this.#running.values()) run.cut();
  }

  async #ask(asked: Asked): Promise<IncomingMessage> {
    const { socket, timer } = this.#parts;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const outgoing = request({ socketPath: socket, path: '/runs', method: 'POST' }, resolve)
      .setHeader('content-type', 'application/json')
      .once('error', reject);
    const cancel = timer(TO_ANSWER_MS, () => {
      reject(
        new Refusal(503, `no command can run: the client host has not answered for ${TO_ANSWER_MS / 1000} s`),
      );
      outgoing.destroy();
    });
    outgoing.end(JSON.stringify(asked));
    try {
      return await promise;
    } catch (error) {
      if (isAbsent(error)) throw new Refusal(503, 'no command can run: the client host does not answer');
      throw error;
    } finally {
      cancel();
    }
  }

  #begin(asked: Asked, response: IncomingMessage): CommandRun {
    this.#count += 1;
    const { command } = asked;
    const known = {
      run: this.#count,
      command,
      typed: typedOf(command, asked.options),
      time: this.#parts.now(),
    };
    const run = new Run(known, response, this.#parts);
    this.#running.set(known.run, run);
    run.follow().then((code) => {
      const ended = { run: known.run, code };
      this.#running.delete(known.run);
      this.#ended = [...this.#ended, ended].slice(-KEPT_ENDED);
      this.#parts.emit({ name: 'ended', data: ended });
    });
    return known;
  }
}

/** A command that runs. Its lines come as JSON. */
class Run {
  readonly #known: CommandRun;
  readonly #response: IncomingMessage;
  readonly #parts: RunsParts;
  #gathered: string[] = [];
  /** How many lines were told. */
  #told = 0;
  #kept: Printed[] = [];
  #cancel: (() => void) | undefined;
  #cancelCut: (() => void) | undefined;

  constructor(known: CommandRun, response: IncomingMessage, parts: RunsParts) {
    this.#known = known;
    this.#response = response;
    this.#parts = parts;
  }

  /** Asks the client host to end it, and cuts it off when that does not answer. */
  end(): void {
    const { socket, timer } = this.#parts;
    const path = this.#response.headers.location;
    if (this.#cancelCut) return;
    this.#cancelCut = timer(TO_END_MS, () => this.cut());
    request({ socketPath: socket, path: path ?? '/', method: 'DELETE' }, (response) => response.resume())
      .once('error', () => this.cut())
      .end();
  }

  /** Breaks off its connection, after which the client host ends it. */
  cut(): void {
    this.#response.destroy();
  }

  get state(): Beginning['runs'][number] {
    return { ...this.#known, printed: this.#kept };
  }

  /** Passes its lines on until it ends. Returns its exit code. */
  async follow(): Promise<number> {
    this.#parts.emit({ name: 'started', data: this.#known });
    let code = CUT_OFF;
    try {
      for await (const line of linesOf(this.#response)) {
        const message = v.parse(lineSchema, JSON.parse(line));
        if ('code' in message) code = message.code;
        else this.#print(message.line);
      }
    } catch {
      this.cut();
    }
    this.#cancelCut?.();
    this.#flush();
    return code;
  }

  #print(line: string): void {
    this.#gathered.push(line);
    if (this.#gathered.length >= MOST_LINES) this.#flush();
    else this.#cancel ??= this.#parts.timer(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const lines = this.#gathered;
    if (lines.length === 0) return;
    this.#gathered = [];
    const { emit, now } = this.#parts;
    const printed = { run: this.#known.run, time: now(), first: this.#told + 1, lines };
    this.#told += lines.length;
    const needed = this.#told - KEPT_LINES + 1;
    this.#kept = [...this.#kept, printed].filter((part) => part.first + part.lines.length > needed);
    emit({ name: 'printed', data: printed });
  }
}

/** @throws when a line is too long, or the connection is closed before its end */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = `${rest}${chunk}`.split('\n');
    rest = lines.pop()!;
    if (rest.length > LONGEST_JSON) throw new Error(`a line is longer than ${LONGEST_JSON} characters`);
    yield* lines.filter((line) => line !== '');
  }
}

async function problemsOf(response: IncomingMessage): Promise<readonly string[]> {
  const refused = v.safeParse(
    v.object({ problems: v.array(v.string()) }),
    await json(response).catch(() => undefined),
  );
  return refused.success ? refused.output.problems : ['the client host gives no reason'];
}
