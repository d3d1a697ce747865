import { once } from 'node:events';
import { type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Bound } from '#lib/bounds/bound.ts';
import { BoundConnections } from '#lib/bounds/connections.ts';
import { type Sleep, sleepWhileOpen } from '#lib/runtime/sleep.ts';
import type { Carrier } from '#lib/tls/carriers.ts';
import { unavailable } from './respond.ts';

/** How long a connection that is one too many may take to ask, in ms. */
const PATIENCE_MS = 1_000;

/** How often requests that do not end are looked for; each gets its 408 before its connection counts as idle, in ms. */
export const LOOK_MS = 1_000;
/** The most requests sent after one that is held, on the same connection: none of them will be answered. */
const MOST_AFTER = 100;

export interface BoundsParts {
  /** Open at once on this server. */
  readonly connections: Bound;
  /** How long a request may take to come, and how long nothing may move on a connection. */
  readonly idleSeconds: number;
  readonly sleep: Sleep;
  /** The connection below one over TLS. */
  readonly carrierOf: (socket: Socket) => Carrier | undefined;
  /** Whether it is the server that lets the client of this connection wait. */
  readonly isHeld: (socket: Socket) => boolean;
}

/** Has a server answer by `app`, and bounds what its clients can cost. Returns the server. */
export function serveWithin<Bounded extends Server>(
  server: Bounded,
  app: RequestListener,
  { connections, idleSeconds, sleep, carrierOf, isHeld }: BoundsParts,
): Bounded {
  const bound = new BoundConnections(server, connections, (socket) => carrierOf(socket)?.socket);
  const latest = new WeakMap<Socket, ServerResponse>();
  const afterHeld = new WeakMap<Socket, number>();
  const admit = (socket: Socket) => {
    // Each request that is under way on it listens.
    socket.setMaxListeners(0);
    if (bound.refusalOf(socket) === undefined) return;
    sleepWhileOpen(socket, PATIENCE_MS, sleep).then(() => socket.destroy());
  };
  const answer: RequestListener = (request, response) => {
    const { socket } = request;
    latest.set(socket, response);
    if (isHeld(socket)) afterHeld.set(socket, (afterHeld.get(socket) ?? 0) + 1);
    if ((afterHeld.get(socket) ?? 0) > MOST_AFTER) return socket.destroy();
    const refusal = bound.refusalOf(socket);
    if (refusal === undefined) return app(request, response);
    response.shouldKeepAlive = false;
    unavailable(response, refusal);
  };
  server.headersTimeout = server.requestTimeout = idleSeconds * 1000;
  server.timeout = idleSeconds * 1000 + 2 * LOOK_MS;
  return (
    server
      .on('request', answer)
      .on(server instanceof TlsServer ? 'secureConnection' : 'connection', admit)
      .on('timeout', (socket) => {
        if (!isHeld(socket)) socket.destroy();
      })
      // Node hands the connection over, as a proxy would need it.
      .on('connect', async (request, socket: Socket) => {
        socket.on('error', () => undefined);
        const before = latest.get(socket);
        if (before && !before.closed) await once(before, 'close');
        const response = new ServerResponse(request);
        response.shouldKeepAlive = false;
        response.once('finish', () => socket.destroySoon());
        if (socket.destroyed) return;
        response.assignSocket(socket);
        answer(request, response);
      })
  );
}
