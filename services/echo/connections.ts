import { createServer, type Server, type Socket } from 'node:net';
import type { Say } from '#common/grouped-log.ts';
import { type Sleep, sleepWhileOpen } from '#common/sleep.ts';
import { formatPeer, type Peer } from './peer.ts';

/** How long a connection that ends with an error line is still read, so that the line is not lost, in ms. */
const LINGER_MS = 1_000;

export interface ConnectionLimits {
  /** Open at once; one more gets an error line. */
  readonly maxConnections: number;
  /** How long nothing may come or go before a connection is closed. */
  readonly idleSeconds: number;
}

export interface ConnectionParts {
  readonly limits: ConnectionLimits;
  readonly say: Say;
  readonly sleep: Sleep;
}

/** What serves one connection. */
export interface Served {
  /** Whether it is the server that lets the client wait, by a delay. */
  readonly waiting: boolean;
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
  { limits, say, sleep }: ConnectionParts,
  serve: (socket: Socket, peer: Peer) => Served,
): ConnectionServer {
  const open = new Set<Socket>();
  let served = 0;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const peer = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    open.add(socket);
    // The close that follows says all there is to say.
    socket.on('error', () => undefined).once('close', () => open.delete(socket));
    if (served >= limits.maxConnections) {
      const tooMany = `too many connections: ${limits.maxConnections} are open`;
      // As many again may wait for that line; of a flood the others are just closed.
      if (open.size > 2 * limits.maxConnections) socket.destroy();
      else refuse(socket, peer, tooMany, { say, sleep });
      return;
    }
    served += 1;
    socket.once('close', () => {
      served -= 1;
    });
    const connection = serve(socket, peer);
    socket.setTimeout(limits.idleSeconds * 1000).on('timeout', () => {
      if (connection.waiting) return;
      say(`[TCP SERVER] Idle for ${limits.idleSeconds} s: connection of ${formatPeer(peer)} closed`);
      socket.destroy();
    });
  });
  return {
    server,
    close() {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
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
