import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { pipeline } from 'node:stream/promises';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import type { Faults } from '#lib/faults/faults.ts';
import type { Journal } from '#lib/journal/journal.ts';
import type { Log } from '#lib/runtime/log.ts';
import { type Sleep, sleepWhileOpen } from '#lib/runtime/sleep.ts';
import { journaledPathOf, pathOf } from '#lib/text/request-path.ts';
import { tlsVersion } from '#lib/tls/version.ts';
import { nameOf, type Refusal, refusalOf, type Secrets } from './authorize.ts';
import { unavailable } from './bounds.ts';
import { LogReaders } from './log-readers.ts';
import { answers, type Outcome } from './outcomes.ts';
import type { Bound } from './places.ts';
import { startPage, startPageHeaders } from './start-page.ts';

export interface AppParts {
  readonly faults: Faults<Outcome>;
  readonly journal: Journal;
  readonly log: Log;
  readonly sleep: Sleep;
  readonly now: () => Date;
  /** How long the outcome `timeout` holds a request, in seconds. */
  readonly timeoutSeconds: number;
  /** How many may read the journal at once. */
  readonly logReaders: Bound;
  /** How long one may take to read it, in seconds. */
  readonly readSeconds: number;
  /** The connections on which the outcome `timeout` holds a request. */
  readonly held: WeakSet<Socket>;
  /** Who may ask; without any, everybody. */
  readonly secrets?: Secrets;
}

/** What a pipeline says of a client that left in the middle, or before its answer began. */
const LEFT = new Set<string | undefined>(['ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_UNABLE_TO_PIPE']);

/** The unreliable HTTP server of the first seed document, apart from listening. */
export function createApp({
  faults,
  journal,
  log,
  sleep,
  now,
  timeoutSeconds,
  logReaders,
  readSeconds,
  held,
  secrets = {},
}: AppParts): RequestListener {
  const readers = new LogReaders(logReaders, sleep);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('strict routing').enable('case sensitive routing');

  app
    .route('/')
    .head(notFound)
    .get((_request, response) => {
      const page = startPage(faults.status(), { timeoutSeconds, hasLogin: secrets.basic !== undefined });
      response.writeHead(200, { ...startPageHeaders, 'content-length': Buffer.byteLength(page) }).end(page);
    });

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
        tls: tlsVersion(socket),
      });
      const answer = answers[outcome];
      if (answer.kind === 'hold') {
        held.add(socket);
        return hold(socket, timeoutSeconds * 1000, sleep);
      }
      const { status, type, body } = answer;
      respond(response, status, body, type);
    });

  app
    .route('/getlogs')
    .head(notFound)
    .get(async ({ socket }, response) => {
      await hasItsTurn(response, socket);
      const client = clientAddress(socket) ?? '';
      const inTheWay = await readers.enter(socket, client);
      if (inTheWay) {
        const { setting, allowed } = inTheWay;
        const whose = inTheWay === logReaders.each ? ' of this client' : '';
        return unavailable(
          response,
          `too many readers of /getlogs: ${allowed}${whose} are reading (${setting})`,
        );
      }
      try {
        if (!socket.destroyed) await sendLogs(response, client);
      } finally {
        readers.leave(client);
      }
    });

  const { basic } = secrets;
  if (basic !== undefined) {
    app
      .route('/login')
      // Express finds it where it is called by another name too, such as http://x:99999/login.
      .all(admitting({ basic }))
      .head(notFound)
      .get((_request, response) => respond(response, 200, `Welcome, ${nameOf(basic)}\n`, 'text/plain'));
  }

  app.use(notFound);
  app.use(((error, _request, response, _next) => fail(error, response)) satisfies ErrorRequestHandler);

  // In front of Express, which answers what it can find no path in by a page of its own.
  return (request, response) => {
    const isLogin = basic !== undefined && pathOf(request.url) === '/login';
    const serve = () => app(request as Request, response as Response, () => notFound(request, response));
    admitting(isLogin ? { basic } : secrets)(request, response, serve);
  };

  async function sendLogs(response: ServerResponse, client: string): Promise<void> {
    const entries = await journal.toJsonArray().catch((error: unknown) => {
      log.error(`the journal can't be read: ${error}`);
      return undefined;
    });
    if (!entries) return respond(response, 500, 'Error reading log file');
    const signal = AbortSignal.timeout(readSeconds * 1000);
    try {
      response.writeHead(200, { 'content-type': 'application/json' });
      await pipeline(entries, response, { signal });
    } catch (error) {
      // Where the client has left there is nobody to tell.
      if (signal.aborted) log.warn(`${client} had not read /getlogs after ${readSeconds} s: it was cut off`);
      else if (!LEFT.has((error as NodeJS.ErrnoException).code))
        log.error(`the journal can't be read: ${error}`);
    } finally {
      // Where the client has left before it began, the pipeline leaves it open.
      entries.destroy();
    }
  }

  /** Lets a request on that has the secrets that are wanted. */
  function admitting(wanted: Secrets) {
    return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
      const refusal = refusalOf(request, wanted);
      if (refusal) refuse(refusal, request, response).catch((error) => fail(error, response));
      else next();
    };
  }

  async function refuse(
    { reason, challenges }: Refusal,
    // An answer has no socket while one to a request before it is still to leave.
    { socket, url }: IncomingMessage,
    response: ServerResponse,
  ) {
    const client = clientAddress(socket);
    await journal.append({
      timestamp: now().toISOString(),
      client_ip: client,
      outcome: '401',
      id: journal.nextId(),
      client_port: socket.remotePort,
      path: journaledPathOf(url),
      reason,
      tls: tlsVersion(socket),
    });
    log.warn(`a request of ${client}:${socket.remotePort} was refused: ${reason}`);
    response.setHeader('www-authenticate', challenges);
    respond(response, 401, 'Unauthorized');
  }

  function fail(error: unknown, response: ServerResponse): void {
    log.error(`a request failed: ${error}`);
    if (response.headersSent) response.destroy();
    else respond(response, 500, 'Error writing log file');
  }
}

function notFound(_request: IncomingMessage, response: ServerResponse): void {
  response.statusMessage = 'File not found';
  respond(response, 404, 'File not found');
}

/** The seed's errors carry no content type, so none is added where none is given. */
function respond(response: ServerResponse, status: number, body: string, type?: string): void {
  const headers = ['content-length', String(Buffer.byteLength(body))];
  if (type) headers.push('content-type', type);
  response.writeHead(status, headers);
  response.end(body);
}

/** Keeps the connection open without a byte for so long, then closes it. Ends at once when the client leaves. */
async function hold(socket: Socket, milliseconds: number, sleep: Sleep): Promise<void> {
  await sleepWhileOpen(socket, milliseconds, sleep);
  // By TLS there is a last word, without which a connection looks cut (RFC 8446, 6.1).
  socket.destroySoon();
}

/** Resolves once the answers to the requests before it on its connection have left, or the client has. */
async function hasItsTurn(response: ServerResponse, socket: Socket): Promise<void> {
  if (response.socket || socket.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('socket', resolve);
  socket.once('close', resolve);
  await promise;
  socket.off('close', resolve);
}

/** IPv4 addresses of a dual-stack socket come as `::ffff:10.0.142.133`. */
function clientAddress({ remoteAddress }: Socket): string | undefined {
  return remoteAddress?.replace(/^::ffff:/, '');
}
