import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { Message } from '#lib/message/message.ts';
import type { Say } from '#lib/runtime/grouped-log.ts';
import { printable } from '#lib/text/readable.ts';
import { formatPeer } from '../peer.ts';
import { type ConnectionParts, type ConnectionServer, createConnectionServer } from './connections.ts';

// The first server of the second assignment: it receives and prints, and answers nothing.

export function createTcpSink(parts: ConnectionParts): ConnectionServer {
  return createConnectionServer(parts, (socket, peer) => {
    parts.say(`Got connection from ${formatPeer(peer)}`);
    socket
      .on('data', (bytes) => parts.say(lines(bytes)))
      .once('end', () => socket.end())
      .once('close', () => parts.say('Client disconnected'));
    return { waiting: false };
  });
}

export function createUdpSink({ say }: { readonly say: Say }): UdpSocket {
  return createSocket('udp4').on('message', (bytes, peer) => {
    say(`[UDP SERVER] Received from ${formatPeer(peer)}: ${lines(bytes)}`);
  });
}

/** The received lines, each safe for a terminal. */
function lines(bytes: Buffer): string {
  const { text } = new Message(bytes);
  return text
    .toString('latin1')
    .split('\n')
    .map((line) => printable(Buffer.from(line, 'latin1')))
    .join('\n');
}
