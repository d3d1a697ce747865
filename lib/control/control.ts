import { unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import * as v from 'valibot';
import { type FaultChange, FaultChangeError, type FaultStatus } from '#lib/faults/faults.ts';

/** The path of the socket in a container of the lab. */
export const CONTROL_SOCKET = '/run/wirelab/control.sock';

/** What a program answers to a call. @throws FaultChangeError when it refuses what is asked */
export type Answering = (body: string) => object | Promise<object>;

/** What a program offers on its control socket. */
export interface Controlled {
  /** Calls beside those below, such as `POST /wire`. */
  readonly calls?: Readonly<Record<string, Answering>>;
  /** What does not work although the program serves, in words. Example: it can't write its journal. */
  readonly problems?: () => readonly string[];
  /** Undefined when the program has no faults. */
  readonly faults?: {
    /** The status of each server of the program. */
    status(): readonly FaultStatus[];
    /**
     * Carries a change out. With `check` it only finds out whether the change is allowed.
     *
     * @throws FaultChangeError when the change is not allowed
     */
    change(change: FaultChange, options?: { readonly check?: boolean }): Promise<void>;
  };
}

const changeSchema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), 'it is a list'),
  v.strictObject({
    profile: v.optional(v.string()),
    profiles: v.optional(v.record(v.string(), v.string())),
    seed: v.optional(v.string()),
    reset: v.optional(v.boolean()),
    check: v.optional(v.boolean()),
  }),
);

/**
 * Serves HTTP on a Unix socket, which no network reaches: `GET /health`, `GET /faults`, `POST /faults`.
 *
 * A program opens it last, after all of its ports. So the health check needs only an answer from this socket.
 *
 * @throws when the path can't be used, with the setting
 */
export async function openControl(path: string, controlled: Controlled): Promise<Server> {
  // A program that was killed has left its socket file.
  await unlink(path).catch(() => undefined);
  const server = createServer((incoming, response) => {
    answer(controlled, incoming)
      .catch((error: unknown) => ({ status: 500, body: { problems: [String(error)] } }))
      .then(({ status, body }) => send(response, status, body));
  });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject).listen(path, resolve);
  await promise.catch((error: Error) => {
    throw new Error(`CONTROL_SOCKET is "${path}", which can't be used: ${error.message}`, { cause: error });
  });
  return server;
}

interface Answer {
  readonly status: number;
  readonly body: object;
}

async function answer(
  { faults, calls, problems = () => [] }: Controlled,
  incoming: IncomingMessage,
): Promise<Answer> {
  const call = `${incoming.method} ${incoming.url}`;
  if (call === 'GET /health') {
    const found = problems();
    return found.length === 0
      ? { status: 200, body: { serving: true } }
      : { status: 503, body: { serving: true, problems: found } };
  }
  const answering = { ...(faults && faultCalls(faults)), ...calls }[call];
  if (!answering) return { status: 404, body: { problems: [`${call} is not known`] } };
  try {
    return { status: 200, body: await answering(await text(incoming)) };
  } catch (error) {
    if (error instanceof FaultChangeError) return { status: 400, body: { problems: error.problems } };
    if (error instanceof SyntaxError || error instanceof v.ValiError) {
      return { status: 400, body: { problems: [`the request is not a change: ${error.message}`] } };
    }
    throw error;
  }
}

function faultCalls(faults: NonNullable<Controlled['faults']>): Readonly<Record<string, Answering>> {
  return {
    'GET /faults': () => faults.status(),
    async 'POST /faults'(body) {
      const { check, ...change } = v.parse(changeSchema, JSON.parse(body));
      await faults.change(change, { check });
      return faults.status();
    },
  };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/**
 * Asks a program by its control socket for its faults, after a change when one is given. With `check` the program only
 * finds out whether the change is allowed.
 *
 * @throws FaultChangeError when the change is refused; the system's error when no program answers
 */
export async function askFaults(
  path: string,
  change?: FaultChange & { readonly check?: boolean },
  signal?: AbortSignal,
): Promise<FaultStatus[]> {
  return (await ask(path, '/faults', change, signal)) as FaultStatus[];
}

/**
 * Calls a program by its control socket: GET without a body, POST with one.
 *
 * @param signal gives up when it is aborted
 * @throws FaultChangeError when the program refuses what is asked; the system's error when no program answers
 */
export async function ask(path: string, call: string, body?: object, signal?: AbortSignal): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  request({ socketPath: path, path: call, method: body ? 'POST' : 'GET', signal }, resolve)
    .once('error', reject)
    .end(body && JSON.stringify(body));
  const response = await promise;
  const answered = JSON.parse(await text(response));
  if (response.statusCode === 400) throw new FaultChangeError(answered.problems);
  if (response.statusCode !== 200) throw new Error(answered.problems.join('\n'));
  return answered;
}
