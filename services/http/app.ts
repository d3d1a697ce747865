import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import express, { type ErrorRequestHandler, type Express, type Request, type Response } from 'express';
import type { Faults } from '#common/faults.ts';
import type { Journal } from '#common/journal.ts';
import type { Log } from '#common/log.ts';
import { type Sleep, sleepWhileOpen } from '#common/sleep.ts';
import { answers, type Outcome } from './outcomes.ts';

export interface AppParts {
  readonly faults: Faults<Outcome>;
  readonly journal: Journal;
  readonly log: Log;
  readonly sleep: Sleep;
  readonly now: () => Date;
  /** How long the outcome `timeout` holds a request, in seconds. */
  readonly timeoutSeconds: number;
}

/** The unreliable HTTP server of the first seed document, apart from listening. */
export function createApp({ faults, journal, log, sleep, now, timeoutSeconds }: AppParts): Express {
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('strict routing').enable('case sensitive routing');

  // Express would answer HEAD by GET's handler, and a look at the headers would cost a draw.
  app
    .route('/getbalance')
    .head(notFound)
    .get(async (request, response) => {
      const { fault: outcome, draw } = faults.next();
      const { socket } = request;
      await journal.append({
        timestamp: now().toISOString(),
        client_ip: clientAddress(socket),
        outcome,
        id: journal.nextId(),
        client_port: socket.remotePort,
        request: draw,
      });
      const answer = answers[outcome];
      if (answer.kind === 'hold') return hold(socket, timeoutSeconds * 1000, sleep);
      const { status, type, body } = answer;
      respond(response, status, body, type);
    });

  app
    .route('/getlogs')
    .head(notFound)
    .get(async (_request, response) => {
      const entries = await journal.toJsonArray().catch((error: unknown) => {
        log.error(`the journal can't be read: ${error}`);
        return undefined;
      });
      if (!entries) return respond(response, 500, 'Error reading log file');
      response.writeHead(200, { 'content-type': 'application/json' });
      await pipeline(entries, response).catch((error: NodeJS.ErrnoException) => {
        // The client left in the middle, and there is nobody to tell.
        if (error.code !== 'ERR_STREAM_PREMATURE_CLOSE') log.error(`the journal can't be read: ${error}`);
      });
    });

  app.use(notFound);
  app.use(((error, _request, response, _next) => {
    log.error(`a request failed: ${error}`);
    if (response.headersSent) response.destroy();
    else respond(response, 500, 'Error writing log file');
  }) satisfies ErrorRequestHandler);
  return app;
}

function notFound(_request: Request, response: Response): void {
  response.statusMessage = 'File not found';
  respond(response, 404, 'File not found');
}

/** The seed's errors carry no content type, so none is added where none is given. */
function respond(response: Response, status: number, body: string, type?: string): void {
  const headers = ['content-length', String(Buffer.byteLength(body))];
  if (type) headers.push('content-type', type);
  response.writeHead(status, headers);
  response.end(body);
}

/** Keeps the connection open without a byte for so long, then closes it. Ends at once when the client leaves. */
async function hold(socket: Socket, milliseconds: number, sleep: Sleep): Promise<void> {
  await sleepWhileOpen(socket, milliseconds, sleep);
  socket.destroy();
}

/** IPv4 addresses of a dual-stack socket come as `::ffff:10.0.142.133`. */
function clientAddress({ remoteAddress }: Socket): string | undefined {
  return remoteAddress?.replace(/^::ffff:/, '');
}
