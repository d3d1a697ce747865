import type { KeyObject } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import { Framer } from '#lib/message/framing.ts';
import { tlsVersion } from '#lib/tls/version.ts';
import { AT_ONCE_MS } from '../network-error.ts';
import { type Channel, ConnectionLostError, Inbox, type OpenChannel } from './channel.ts';
import { opened } from './opened.ts';

/** A reply without an end counts as complete when nothing follows it for this time, in ms. */
const QUIET_MS = 150;

export const openTcp: OpenChannel = async ({ address, port, timeout, key }, signal) => {
  const socket = connect({ host: address, port, noDelay: true });
  await opened(socket, 'connect', { timeout, signal });
  return channelOver(socket, key);
};

/**
 * A channel over an open connection.
 *
 * @param key the key of the replies' HMACs, see `Target`
 * @param hint the probable reason when the server closes the connection at once and without a byte
 */
export function channelOver(socket: Socket, key: KeyObject | undefined, hint?: string): Channel {
  const inbox = new Inbox();
  const framer = new Framer(key);
  const flush = () => {
    const rest = framer.flush();
    if (rest) inbox.push(rest.bytes);
  };
  const began = performance.now();
  let quiet: NodeJS.Timeout | undefined;
  socket
    .on('data', (bytes) => {
      clearTimeout(quiet);
      framer.push(bytes);
      for (let frame = framer.next(); frame; frame = framer.next()) {
        if (frame.kind === 'message') inbox.push(frame.message.bytes);
        else if (frame.kind === 'too-long') socket.destroy(new Error('the reply has no end'));
      }
      if (framer.buffered > 0) quiet = setTimeout(flush, QUIET_MS);
    })
    .once('error', (cause) => inbox.lose(new ConnectionLostError('reset', { cause })))
    .once('end', flush)
    .once('close', () => {
      clearTimeout(quiet);
      flush();
      const isAtOnce = socket.bytesRead === 0 && performance.now() - began < AT_ONCE_MS;
      inbox.lose(new ConnectionLostError('closed', { hint: isAtOnce ? hint : undefined }));
    });

  return {
    localPort: socket.localPort!,
    tls: tlsVersion(socket),
    get open() {
      return inbox.open;
    },
    send: (payload) => void socket.write(payload),
    receive: (aborted) => inbox.receive(aborted),
    takeWaiting() {
      clearTimeout(quiet);
      flush();
      return inbox.takeWaiting();
    },
    close: () => socket.destroySoon(),
  };
}
