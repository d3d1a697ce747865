import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { crcOf } from '#lib/message/crc.ts';
import { encodeMessage } from '#lib/message/message.ts';
import { connectEcho, host, key, portOf, reset } from './echo-server.ts';
import { Random } from './random-bytes.ts';

// flood.ts SEED DATAGRAMS CONNECTIONS, in the client host: sends this number of datagrams from one port. Most of them
// have the same length and no tag. It also resets this number of connections after a message, and waits for no answer.
// Prints the CRC of each sent datagram as JSON, in order.

const [seed = '', datagrams = 0, connections = 0] = [process.argv[2], ...process.argv.slice(3).map(Number)];
/** The same port each time: one flow. */
const PORT = 41_000;
const random = new Random(`flood ${seed}`);
const shapes: readonly (() => Buffer)[] = [
  () => random.bytes(4),
  () => random.bytes(4),
  () => random.bytes(1 + random.below(40)),
  () => Buffer.from(random.of(['Hey', 'Hey\n', '', 'a|00000000'])),
  () => encodeMessage(random.bytes(random.below(9)), key),
];

const socket = createSocket('udp4').on('error', () => undefined);
socket.bind(PORT);
await once(socket, 'listening');
const sent: string[] = [];
for (let number = 1; number <= datagrams; number += 1) {
  const bytes = random.of(shapes)();
  sent.push(crcOf(bytes));
  await new Promise((resolve) => socket.send(bytes, portOf('echo', 'udp'), host, resolve));
  // A little slower than the server. But the server may be stopped.
  if (number % 50 === 0) await setTimeout(5);
}
await Promise.all(
  Array.from({ length: connections }, async (_, at) => {
    const connection = await connectEcho().catch(() => undefined);
    if (!connection) return;
    connection.on('error', () => undefined);
    if (at % 3 === 0) reset(connection);
    else connection.write(`message ${at}\n`, () => reset(connection));
  }),
);
await setTimeout(500);
socket.close();
console.log(JSON.stringify(sent));
