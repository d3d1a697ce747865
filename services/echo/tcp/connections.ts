import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Bound } from '#lib/bounds/bound.ts';
import { BoundConnections } from '#lib/bounds/connections.ts';
import type { Say } from '#lib/runtime/grouped-log.ts';
import { type Sleep, sleepWhileOpen } from '#lib/runtime/sleep.ts';
import type { Carrier } from '#lib/tls/carriers.ts';
import type { Tls } from '#lib/tls/tls.ts';
import { tlsVersion } from '#lib/tls/version.ts';
import { formatPeer, type Peer } from '../peer.ts';

/** How long a connection that ends with an error line is still read, so that the line is not lost, in ms. */
const LINGER_MS = 1_000;

export interface ConnectionParts {
  /** Open at once on this server; one more gets an error line. */
  readonly connections: Bound;
  /** How long nothing may come or go before a connection is closed. */
  readonly idleSeconds: number;
  /** Of a server whose connections are encrypted. */
  readonly tls?: Tls;
  readonly say: Say;
  readonly sleep: Sleep;
}

/** What serves one connection. */
export interface Served {
  /** Whether it is the server that lets the client wait, by a delay. */
  readonly waiting: boolean;
}

/** What is below a connection. */
export interface Below {
  /** Ends it by RST. */
  readonly reset: () => void;
  /** Of one over TLS. */
  readonly carrier: Carrier | undefined;
}

/** A TCP server, apart from listening. */
export interface ConnectionServer {
  readonly server: Server;
  /** Stops listening and drops every connection. */
  close(): void;
}

/**
 * A TCP server that bounds what its clients can cost. A client that has ended its side can still be answered.
 * Resets and vanished clients end their own connection and nothing else.
 */
export function createConnectionServer(
  { connections, idleSeconds, say, sleep, tls }: ConnectionParts,
  serve: (socket: Socket, peer: Peer, below: Below) => Served,
): ConnectionServer {
  const open = new Set<Socket>();
  const options = { allowHalfOpen: true, noDelay: true };
  const server = tls ? tls.watch(createTlsServer({ ...tls.options, ...options })) : createServer(options);
  const bound = new BoundConnections(server, connections, (socket) => tls?.carrierOf(socket)?.socket);
  server.on(tls ? 'secureConnection' : 'connection', accept);
  server.on('connection', (socket) => {
    open.add(socket);
    // The close that follows says all there is to say.
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
  });
  return {
    server,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };

  function accept(socket: Socket): void {
    const peer = {
      address: socket.remoteAddress ?? '',
      port: socket.remotePort ?? 0,
      tls: tlsVersion(socket),
    };
    socket.on('error', () => undefined);
    const refusal = bound.refusalOf(socket);
    if (refusal !== undefined) {
      if (!socket.destroyed) refuse(socket, peer, refusal, { say, sleep });
      return;
    }
    // What is encrypted can't be reset itself, but the connection that carries it can.
    const carrier = tls?.carrierOf(socket);
    const reset = () => {
      if (!tls) socket.resetAndDestroy();
      else if (carrier) carrier.socket.resetAndDestroy();
      else socket.destroy();
    };
    const connection = serve(socket, peer, { reset, carrier });
    socket.setTimeout(idleSeconds * 1000).on('timeout', () => {
      if (connection.waiting) return;
      say(`[TCP SERVER] Idle for ${idleSeconds} s: connection of ${formatPeer(peer)} closed`);
      socket.destroy();
    });
  }
}

/** Ends a connection with an error line. */
export function refuse(
  socket: Socket,
  peer: Peer,
  line: string,
  { say, sleep }: Pick<ConnectionParts, 'say' | 'sleep'>,
): void {
  say(`[TCP SERVER] Refused ${formatPeer(peer)}: ${line}`);
  socket.removeAllListeners('data').resume();
  socket.end(`${line}\n`);
  sleepWhileOpen(socket, LINGER_MS, sleep).then(() => socket.destroy());
}
