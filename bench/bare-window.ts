import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { HEADER_BYTES } from '#lib/transfer/datagram.ts';

// The least work in Node.js for a transfer: answers each datagram with one as long as an ACK, and reads a TCP stream to
// its end.

const port = Number(process.env.ECHO_PORT);
const ACK = Buffer.alloc(HEADER_BYTES);

const udp = createSocket('udp4');
udp.on('message', (_message, peer) => udp.send(ACK, peer.port, peer.address)).bind(port, '127.0.0.1');

createServer((socket) => socket.resume().on('error', () => undefined)).listen(port, '127.0.0.1');
