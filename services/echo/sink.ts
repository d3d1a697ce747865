import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import type { Say } from '#common/grouped-log.ts';
import { Message } from '#common/message.ts';
import { printable } from '#common/printable.ts';
import { type ConnectionParts, type ConnectionServer, createConnectionServer } from './connections.ts';
import { formatPeer } from './peer.ts';

// The server of the second seed document, 3.1.1: it receives, prints and answers nothing.

export function createTcpSink(parts: ConnectionParts): ConnectionServer {
  return createConnectionServer(parts, (socket, peer) => {
    parts.say(`Got connection from ${formatPeer(peer)}`);
    socket
      .on('data', (bytes) => parts.say(printable(new Message(bytes).text)))
      .once('end', () => socket.end())
      .once('close', () => parts.say('Client disconnected'));
    return { waiting: false };
  });
}

export function createUdpSink({ say }: { readonly say: Say }): UdpSocket {
  return createSocket('udp4').on('message', (bytes, peer) => {
    say(`[UDP SERVER] Received from ${formatPeer(peer)}: ${printable(new Message(bytes).text)}`);
  });
}
