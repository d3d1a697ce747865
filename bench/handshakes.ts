import { once } from 'node:events';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ca } from '#lib/tls/testing.ts';

/** Clients at the same time. Each opens one connection after another. */
export const CLIENTS = 8;

/**
 * Opens new connections for a number of milliseconds. Over TLS, each has a full handshake, and the client verifies the
 * server's certificate.
 *
 * @returns connections per second
 * @throws the system's error, the signal's reason when aborted
 */
export async function handshakes(
  way: 'tcp' | 'tls',
  port: number,
  milliseconds: number,
  signal: AbortSignal,
): Promise<number> {
  const began = performance.now();
  let opened = 0;
  const client = async () => {
    while (performance.now() - began < milliseconds) {
      signal.throwIfAborted();
      const target = { port, host: '127.0.0.1' };
      const socket = way === 'tls' ? connectTls({ ...target, ca }) : connect(target);
      await once(socket, way === 'tls' ? 'secureConnect' : 'connect', { signal });
      opened += 1;
      // A normal end, which the server does not take for a fault.
      socket.end().resume();
      await once(socket, 'close', { signal });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return opened / ((performance.now() - began) / 1000);
}
