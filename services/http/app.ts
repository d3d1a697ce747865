import type { RequestListener, ServerResponse } from 'node:http';
import express, { type ErrorRequestHandler, type Request, type Response } from 'express';
import { type AuthorizeParts, authorize, nameOf, type Secrets } from './authorize.ts';
import { type BalanceParts, serveBalance } from './balance.ts';
import { type LogsParts, serveLogs } from './logs.ts';
import { notFound, respond } from './respond.ts';
import { startPage, startPageHeaders } from './start-page.ts';

export type AppParts = AuthorizeParts &
  BalanceParts &
  LogsParts & {
    /** The credentials that requests need. Without any, everybody may ask. */
    readonly secrets?: Secrets;
  };

/** The unreliable HTTP server of the first assignment. It does not listen yet. */
export function createApp(parts: AppParts): RequestListener {
  const { exchanges, log, faults, timeoutSeconds, secrets = {} } = parts;
  const { basic } = secrets;
  const isAuthorized = authorize(secrets, parts);
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.enable('strict routing').enable('case sensitive routing');

  if (basic !== undefined) app.all('/login', authorize({ basic }, parts));
  app.use(isAuthorized);
  // Express would answer HEAD with the handler of GET, and so make a draw for it.
  app.head(/.*/, notFound);
  app.get('/', (_request, response) => {
    const page = startPage(faults.status(), { timeoutSeconds, hasLogin: basic !== undefined });
    response.writeHead(200, { ...startPageHeaders, 'content-length': Buffer.byteLength(page) }).end(page);
  });
  app.get('/getbalance', serveBalance(parts));
  app.get('/getlogs', serveLogs(parts));
  if (basic !== undefined) {
    app.get('/login', (_request, response) =>
      respond(response, 200, `Welcome, ${nameOf(basic)}\n`, 'text/plain'),
    );
  }
  app.use(notFound);
  app.use(((error, _request, response, _next) => fail(error, response)) satisfies ErrorRequestHandler);

  // Express runs no middleware when it finds no path in a target, such as that of CONNECT or `http://[`.
  return (request, response) => {
    exchanges.take(request);
    app(request as Request, response as Response, async () => {
      try {
        await isAuthorized(request, response, () => notFound(request, response));
      } catch (error) {
        fail(error, response);
      }
    });
  };

  function fail(error: unknown, response: ServerResponse): void {
    log.error(`a request failed: ${error}`);
    if (response.headersSent) response.destroy();
    else respond(response, 500, 'Error writing log file');
  }
}
