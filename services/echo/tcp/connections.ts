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

/**
 * After an error line, the server reads the connection for this time, in ms. Otherwise a reset could destroy the line.
 */
const LINGER_MS = 1_000;

export interface ConnectionParts {
  /** Connections that may be open at once on this server. One more gets an error line. */
  readonly connections: Bound;
  /** A connection without traffic for this time is closed. */
  readonly idleSeconds: number;
  /** For a server with encrypted connections. */
  readonly tls?: Tls;
  readonly say: Say;
  readonly sleep: Sleep;
}

/** The handler of one connection. */
export interface Served {
  /** Whether the client waits because of a delay of the server. */
  readonly waiting: boolean;
}

/** The layer below a connection. */
export interface Below {
  /** Ends the connection by RST. */
  readonly reset: () => void;
  /** For a connection over TLS. */
  readonly carrier: Carrier | undefined;
}

/** A TCP server that does not listen yet. */
export interface ConnectionServer {
  readonly server: Server;
  /** Stops listening and drops every connection. */
  close(): void;
}

/**
 * A TCP server that limits what its clients can cost. A client that has closed its side still gets its answers. A reset
 * or a client that vanishes ends its own connection only.
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
    // The close event follows, and is enough.
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
    // A TLS socket can't send an RST, but the TCP connection below it can.
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
