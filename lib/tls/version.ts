import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The version of TLS that a connection speaks, such as `TLSv1.3`; undefined in plain text. */
export function tlsVersion(socket: Socket): string | undefined {
  return socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined;
}
