import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { host, portOf } from './echo-server.ts';
import { hostileWords } from './hostile-words.ts';

// hostile-sender.ts, in the client host: sends hostile words to both servers, as messages and datagrams, and in the target and
// the headers of requests. Prints how many there are, as JSON.

/** How long a server may answer, in ms. */
const PATIENCE_MS = 300;

async function send(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, host).on('error', () => undefined);
  socket.end(bytes).resume();
  await setTimeout(PATIENCE_MS);
  socket.destroy();
}

const udp = createSocket('udp4').on('error', () => undefined);
for (const words of hostileWords) {
  const bytes = Buffer.from(words);
  await new Promise((resolve) =>
    udp.send(bytes.subarray(0, 60_000), portOf('echo', 'udp'), host, () => resolve(undefined)),
  );
  await send(portOf('echo'), Buffer.concat([bytes, Buffer.from('\n')]));
  const line = Buffer.from(words.replaceAll(/[\r\n\0]/g, ' ').slice(0, 8_000));
  const request = ['GET /getbalance?', line, ' HTTP/1.1\r\nhost: lab\r\nx-', line, ': ', line, '\r\n\r\n'];
  await send(portOf('http'), Buffer.concat(request.map((part) => Buffer.from(part))));
}
udp.close();
console.log(JSON.stringify(hostileWords.length));
