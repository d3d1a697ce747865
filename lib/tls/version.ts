import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The TLS version of a connection, such as `TLSv1.3`. Undefined in plain text. */
export function tlsVersion(socket: Socket): string | undefined {
  return socket instanceof TLSSocket ? (socket.getProtocol() ?? undefined) : undefined;
}
