import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';

// ADDRESS PORT FROM COUNT SIZE RATE: sends this number of datagrams of this size from one port, RATE of them per second.
// Each has its number again and again, so that it can be read when bits of it are flipped.

const [address = ''] = process.argv.slice(-6);
const [port = 0, from = 0, count = 0, size = 0, rate = 0] = process.argv.slice(-5).map(Number);

const socket = createSocket('udp4').on('error', () => undefined);
socket.bind(from);
await once(socket, 'listening');
socket.connect(port, address);
await once(socket, 'connect');

const began = performance.now();
let sent: Promise<unknown> | undefined;
for (let number = 0; number < count; number += 1) {
  const early = began + (number / rate) * 1_000 - performance.now();
  if (early >= 1) await setTimeout(early);
  const datagram = Buffer.alloc(size, Buffer.from(new Uint32Array([number]).buffer));
  // To wait for each datagram would take longer than to send it.
  if (number < count - 1) socket.send(datagram);
  else sent = new Promise((resolve) => socket.send(datagram, resolve));
}
await sent;
socket.close();
