import { once } from 'node:events';
import { chmod, unlink } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { answerLast } from '#lib/live/last-answer.ts';
import { Refusal } from '#lib/live/refusal.ts';
import type { Refused } from '#lib/live/remote.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import type { Runs } from './runs.ts';
import type { Shells } from './shell/shells.ts';

/** Owner and group. The server of the live view is in the group of the folder. */
const MODE = 0o660;

export interface RemoteParts {
  readonly runs: Runs;
  /** Undefined when there is no terminal. */
  readonly shells: Shells | undefined;
  readonly timer: Timer;
}

/** Serves HTTP on a Unix socket: `POST /runs`, `GET /shell` (a WebSocket), `GET /health`. */
export async function openRemote(path: string, { runs, shells, timer }: RemoteParts): Promise<Server> {
  // A program that was killed has left its socket file.
  await unlink(path).catch(() => undefined);
  const server = createServer((request, response) => {
    answer(runs, request, response).catch((error: unknown) => refuse(response, error));
  });
  server.on('upgrade', (request, socket: Socket, head) => {
    if (shells && pathOf(request) === '/shell') shells.accept(request, socket, head);
    else answerLast(socket, 'HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n', timer);
  });
  await once(server.listen(path), 'listening');
  await chmod(path, MODE);
  return server;
}

async function answer(runs: Runs, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const call = `${request.method} ${pathOf(request)}`;
  if (call === 'POST /runs') await runs.answer(request, response);
  else if (call === 'GET /health') send(response, 200, { serving: true });
  else throw new Refusal(404, `${call} is not known`);
}

function refuse(response: ServerResponse, error: unknown): void {
  const { status, problems } = error instanceof Refusal ? error : { status: 500, problems: [String(error)] };
  if (response.headersSent) response.destroy();
  else send(response, status, { problems } satisfies Refused);
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?')[0]!;
}
