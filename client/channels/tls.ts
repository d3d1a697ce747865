import { isIP } from 'node:net';
import { type ConnectionOptions, connect } from 'node:tls';
import { CERTIFICATE_HINT } from '../network-error.ts';
import type { OpenChannel } from './channel.ts';
import { opened } from './opened.ts';
import { channelOver } from './tcp.ts';

/** TCP with encryption. The connection is open when the server's certificate is verified. */
export function openTlsWith(tls: ConnectionOptions): OpenChannel {
  return async ({ address, port, timeout, key }, signal) => {
    // SNI takes names, not addresses (RFC 6066, 3).
    const socket = connect({ ...tls, host: address, port, servername: isIP(address) ? '' : address });
    socket.setNoDelay();
    let connected = false;
    socket.once('connect', () => {
      connected = true;
    });
    await opened(socket, 'secureConnect', { timeout, signal }).catch((error: NodeJS.ErrnoException) => {
      // A server that does not speak TLS waits for more bytes.
      if (connected && error.code === 'ETIMEDOUT') error.code = 'ERR_TLS_HANDSHAKE_TIMEOUT';
      throw error;
    });
    return channelOver(socket, key, tls.cert && CERTIFICATE_HINT);
  };
}
