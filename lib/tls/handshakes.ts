import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { TooManyConnections } from '#lib/bounds/connections.ts';
import { DISCONNECTED_AT_ONCE, explainHandshakeFailure } from './handshake-failure.ts';

/** The client of a connection. Port 0: the client reset the connection before the server could ask for its port. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface HandshakeParts {
  /** Called with the reason when a handshake fails. */
  readonly onFailed: (why: string, peer: Peer) => void;
  /** Takes a line of the key log. */
  readonly keyLog?: ((line: Buffer) => void) | undefined;
  /** Whether the server requires client certificates. */
  readonly mutual: boolean;
}

/** A client that rejects the server's certificate disconnects within this time, in ms. */
const AT_ONCE_MS = 1_000;

/** A connection whose handshake is not finished. */
interface Unfinished {
  readonly peer: Peer;
  readonly onEnd: () => void;
}

type HandshakeError = NodeJS.ErrnoException & { readonly reason?: string };

/** Follows the handshakes on a server. */
export function watchHandshakes(server: Server, { onFailed, keyLog, mutual }: HandshakeParts): void {
  const unfinished = new WeakMap<TLSSocket, Unfinished>();
  // A closed socket has no remote address any more, and a socket whose handshake failed may be closed.
  const connecting = new AsyncLocalStorage<Peer>();
  server
    .prependListener('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      const enter = () => connecting.enterWith(peer);
      enter();
      // An event that follows from the close is outside of this context. A client may disconnect before any key is made.
      socket.once('close', enter);
    })
    .on('keylog', (line: Buffer, socket: TLSSocket) => {
      keyLog?.(line);
      if (unfinished.has(socket)) return;
      // A client that disconnects during the handshake is noticed at once, and not at the timeout.
      const onEnd = () => socket.destroy();
      socket.once('end', onEnd);
      unfinished.set(socket, { peer: peerOf(socket), onEnd });
    })
    .on('secureConnection', (socket) => {
      const { peer = peerOf(socket), onEnd } = unfinished.get(socket) ?? {};
      if (onEnd) socket.off('end', onEnd);
      // In TLS 1.2 the server finishes before a client on Node.js checks the server's certificate.
      if (socket.getProtocol() === 'TLSv1.2')
        watchDisconnect(socket, () => onFailed(DISCONNECTED_AT_ONCE, peer));
    })
    .on('tlsClientError', (error: HandshakeError, socket) => {
      // The server ended the connection itself, and its limit reports that.
      if (error instanceof TooManyConnections) return;
      const peer = unfinished.get(socket)?.peer ?? connecting.getStore() ?? peerOf(socket);
      // Without mutual TLS the field is set too, and is no error.
      const certificate = mutual ? (socket.authorizationError as unknown as string | null) : null;
      const { code, reason } = error;
      onFailed(
        explainHandshakeFailure({
          ...{ code, reason, certificate: certificate ?? undefined },
          disconnected: socket.readableEnded,
        }),
        peer,
      );
      socket.destroy();
    });
}

/** Calls back when a client disconnects at once, by itself and without having sent anything. */
function watchDisconnect(socket: TLSSocket, call: () => void): void {
  const began = performance.now();
  socket.once('close', () => {
    const { bytesRead, bytesWritten, readableEnded, errored } = socket;
    // When the server stops or refuses a client, it ends the connection itself.
    const byClient = readableEnded || errored;
    if (byClient && bytesRead + bytesWritten === 0 && performance.now() - began < AT_ONCE_MS) call();
  });
}

function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): Peer {
  return { address: remoteAddress.replace(/^::ffff:/, ''), port: remotePort };
}
