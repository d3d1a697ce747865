import { once } from 'node:events';
import { type RequestListener, type Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Server as TlsServer } from 'node:tls';
import type { Bound } from '#lib/bounds/bound.ts';
import { BoundConnections } from '#lib/bounds/connections.ts';
import { type Sleep, sleepWhileOpen } from '#lib/runtime/sleep.ts';
import type { Carrier } from '#lib/tls/carriers.ts';
import { unavailable } from './respond.ts';

/** How long a refused connection may take to send its request, in ms. */
const PATIENCE_MS = 1_000;

/**
 * Time between two checks for unfinished requests, in ms. A request gets its 408 before its connection counts as idle.
 */
export const CHECK_MS = 1_000;
/** Requests after a held one on the same connection, at most. None of them will be answered. */
const MOST_AFTER = 100;

export interface BoundsParts {
  /** Connections that may be open at once on this server. */
  readonly connections: Bound;
  /** How long a request may take to arrive, and how long a connection may be without traffic. */
  readonly idleSeconds: number;
  readonly sleep: Sleep;
  /** Returns the TCP connection below a connection over TLS. */
  readonly carrierOf: (socket: Socket) => Carrier | undefined;
  /** Whether the client of this connection waits because of the outcome `timeout`. */
  readonly isHeld: (socket: Socket) => boolean;
}

/** Makes a server answer with `app`, and limits what its clients can cost. Returns the server. */
export function serveWithin<Bounded extends Server>(
  server: Bounded,
  app: RequestListener,
  { connections, idleSeconds, sleep, carrierOf, isHeld }: BoundsParts,
): Bounded {
  const bound = new BoundConnections(server, connections, (socket) => carrierOf(socket)?.socket);
  const latest = new WeakMap<Socket, ServerResponse>();
  const afterHeld = new WeakMap<Socket, number>();
  const admit = (socket: Socket) => {
    // Each unfinished request on the socket adds a listener.
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
  server.timeout = idleSeconds * 1000 + 2 * CHECK_MS;
  return (
    server
      .on('request', answer)
      .on(server instanceof TlsServer ? 'secureConnection' : 'connection', admit)
      .on('timeout', (socket) => {
        if (!isHeld(socket)) socket.destroy();
      })
      // For CONNECT, Node.js passes on the bare connection, as a proxy would need it.
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
