import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { TooManyConnections } from '#lib/bounds/connections.ts';
import { explainHandshakeFailure, LEFT_WITHOUT_A_WORD } from './handshake-failure.ts';

/** Who is at the other end; port 0 is one that had reset its connection before it was looked at. */
export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface HandshakeParts {
  /** Is told why a handshake came to nothing. */
  readonly onFailed: (why: string, peer: Peer) => void;
  /** Takes a line of the key log. */
  readonly keyLog?: ((line: Buffer) => void) | undefined;
  /** Client certificates are wanted. */
  readonly mutual: boolean;
}

/** A client that does not trust a certificate leaves within so many ms. */
const AT_ONCE_MS = 1_000;

/** A connection whose handshake is under way. */
interface Shaking {
  readonly peer: Peer;
  readonly leave: () => void;
}

type HandshakeError = NodeJS.ErrnoException & { readonly reason?: string };

/** Follows the handshakes on a server. */
export function watchHandshakes(server: Server, { onFailed, keyLog, mutual }: HandshakeParts): void {
  const shaking = new WeakMap<TLSSocket, Shaking>();
  // A socket that is closed no longer knows whose it was, and one that has failed may be closed.
  const connecting = new AsyncLocalStorage<Peer>();
  server
    .prependListener('connection', (socket: Socket) => {
      const peer = peerOf(socket);
      const enter = () => connecting.enterWith(peer);
      enter();
      // What its close sets off does not come out of this event, and a client may leave before any key is made.
      socket.once('close', enter);
    })
    .on('keylog', (line: Buffer, socket: TLSSocket) => {
      keyLog?.(line);
      if (shaking.has(socket)) return;
      // A client that leaves in the middle is noticed at once, and not when its time is up.
      const leave = () => socket.destroy();
      socket.once('end', leave);
      shaking.set(socket, { peer: peerOf(socket), leave });
    })
    .on('secureConnection', (socket) => {
      const { peer = peerOf(socket), leave } = shaking.get(socket) ?? {};
      if (leave) socket.off('end', leave);
      // By TLS 1.2 the server is done before a client on Node has looked at its certificate.
      if (socket.getProtocol() === 'TLSv1.2') watchLeaving(socket, () => onFailed(LEFT_WITHOUT_A_WORD, peer));
    })
    .on('tlsClientError', (error: HandshakeError, socket) => {
      // The server ended it, and its limit says so.
      if (error instanceof TooManyConnections) return;
      const peer = shaking.get(socket)?.peer ?? connecting.getStore() ?? peerOf(socket);
      // Not an error where no certificate is wanted.
      const certificate = mutual ? (socket.authorizationError as unknown as string | null) : null;
      const { code, reason } = error;
      onFailed(
        explainHandshakeFailure({
          ...{ code, reason, certificate: certificate ?? undefined },
          left: socket.readableEnded,
        }),
        peer,
      );
      socket.destroy();
    });
}

/** Calls when a client has left at once and without a word, by its own will. */
function watchLeaving(socket: TLSSocket, call: () => void): void {
  const began = performance.now();
  socket.once('close', () => {
    const { bytesRead, bytesWritten, readableEnded, errored } = socket;
    // A server that is told to end, or that refuses a client, ends a connection itself.
    const left = readableEnded || errored;
    if (left && bytesRead + bytesWritten === 0 && performance.now() - began < AT_ONCE_MS) call();
  });
}

function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): Peer {
  return { address: remoteAddress.replace(/^::ffff:/, ''), port: remotePort };
}
