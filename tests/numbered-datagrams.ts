import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { host, portOf } from './echo-server.ts';

// numbered-datagrams.ts PORT COUNT SIZE GROUP, in the client host: sends this number of datagrams of this size to the
// echo server, from one port. It pauses for 5 ms after each group. Each datagram begins with its number, so that it
// differs from all others. Prints how many came back, as JSON.

const [port = 0, count = 0, size = 0, group = 1] = process.argv.slice(2).map(Number);
let received = 0;
const socket = createSocket({ type: 'udp4', recvBufferSize: 2 ** 22 })
  .on('error', () => undefined)
  .on('message', () => {
    received += 1;
  });
socket.bind(port);
await once(socket, 'listening');
for (let number = 1; number <= count; number += 1) {
  const bytes = Buffer.from(`${String(number).padStart(6, '0')}|`.padEnd(size, 'x'));
  await new Promise((resolve) => socket.send(bytes, portOf('echo', 'udp'), host, resolve));
  if (number % group === 0) await setTimeout(5);
}
for (let known = -1; known !== received; await setTimeout(1_500)) known = received;
socket.close();
console.log(JSON.stringify({ received }));
