import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';

// The least work in Node.js: send every byte back, on TCP and UDP.

const port = Number(process.env.ECHO_PORT);

const udp = createSocket('udp4');
udp.on('message', (message, peer) => udp.send(message, peer.port, peer.address)).bind(port, '127.0.0.1');

createServer({ noDelay: true }, (socket) => socket.pipe(socket).on('error', () => undefined)).listen(
  port,
  '127.0.0.1',
);
