import { createServer, type Server } from 'node:net';
import { pipeline } from 'node:stream/promises';

/**
 * A TCP server that sends back every byte, as RFC 862 has it, apart from listening. A client that is slow to
 * read is read from as slowly, and one that has ended its side still gets the rest.
 */
export function createTcpEcho(): Server {
  return createServer({ allowHalfOpen: true }, (socket) => {
    // Fails when the client resets or vanishes: its connection is gone and nothing else.
    pipeline(socket, socket).catch(() => undefined);
  });
}
