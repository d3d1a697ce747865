import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { encodeMessage } from '#lib/message/message.ts';
import { connectEcho, host, key, portOf, reset } from './echo-server.ts';
import { Random } from './random-bytes.ts';

// hostile-client.ts INPUTS SEED, in the client host: sends this number of hostile inputs to the echo server, always the
// same for a seed. Prints the results as JSON.

const [inputs = 0, seed = 0] = process.argv.slice(2).map(Number);

const UDP_SHARE = 0.92;
const UDP_SOCKETS = 8;
/** Datagrams that a socket sends at once. The server's kernel would drop more of them. */
const BURST = 8;
/** The next burst is sent after this number of answers, or this many milliseconds. */
const ENOUGH = 7;
const PATIENCE_MS = 250;
/** Datagrams from one port. */
const PEER = 64;
const TCP_CLIENTS = 48;
/** Clients that stay connected to the end, and do nothing. */
const MOST_KEPT = 200;
/** The server has forgotten a connection when it does not end it within this time, in ms. */
const FORGOTTEN_MS = 120_000;
/** Bytes in an endless line: more than in any message. */
const ENDLESS = 70_000;

const report = { datagrams: 0, exchanges: 0, refused: 0, forgotten: 0, endless: 0, ended: 0 };
const kept: Socket[] = [];

/** A message, and its tag with the bar. */
const hey = encodeMessage('Hey', key).toString();
const tag = hey.slice('Hey'.length);
const tagOfNothing = encodeMessage('', key).toString();
/** The text before the digits of a tag. */
const algorithm = key ? 'hmac-sha256:' : '';

const fragments = [
  ...['|', '||||||||||', tag, tag.toUpperCase(), tagOfNothing, tag.slice(0, -1), hey, 'error_code'],
  ...['\n', '\r\n', '\r', '\0', '\x1b[2J\x1b]0;x\x07', '\u2028', '\ufeff', '\u{1f4a5}', '{"__proto__":1}'],
  ...['GET / HTTP/1.1\r\n\r\n', "'; DROP TABLE logs; --", '$(reboot)', '%s%n', '../../etc/passwd'],
];

const brokenText = ['80', 'c0af', 'e28228', 'f0908d', 'f8888080', 'eda080', 'fffe', 'c3'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/** What a hostile client sends. */
const shapes: readonly ((random: Random) => Buffer)[] = [
  (random) => random.bytes(1 + random.below(200)),
  (random) => Buffer.concat([Buffer.from('text '), random.of(brokenText), random.of(brokenText)]),
  (random) => Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.of(fragments)).join('')),
  (random) =>
    Buffer.from(`body|${algorithm}${random.bytes(key ? 32 : 4).toString('hex')}${random.of(fragments)}`),
  (random) =>
    Buffer.concat([encodeMessage(random.bytes(random.below(40)), key), Buffer.from(random.of(fragments))]),
  () => Buffer.from(`${hey}\n`),
];

/** How a hostile client behaves on TCP, once it is connected. Each returns when the connection is closed, or kept. */
const manners: readonly ((socket: Socket, random: Random) => Promise<unknown> | undefined)[] = [
  (socket, random) => closed(socket.end(random.of(shapes)(random))),
  (socket, random) => closed(socket.end(Buffer.concat(shapes.map((shape) => shape(random))))),
  async (socket, random) => {
    for (let piece = random.below(4); piece >= 0 && socket.writable; piece -= 1) {
      socket.write(random.of(shapes)(random));
      await setTimeout(1);
    }
    await closed(socket.end());
  },
  (socket) => closed(socket.end()),
  (socket) => closed(reset(socket)),
  (socket) => resetAfter(socket, Buffer.from(hey.slice(0, -5))),
  (socket) => resetAfter(socket, Buffer.from(hey)),
  async (socket, random) => {
    socket.write(Buffer.concat([random.of(shapes)(random), Buffer.from('\n')]));
    await Promise.race([once(socket, 'data'), closed(socket)]).catch(() => undefined);
    await closed(reset(socket));
  },
  (socket, random) => keep(socket, random.of(shapes)(random)),
  (socket) => keep(socket.pause(), Buffer.from('deaf\n'.repeat(2_000))),
];

async function resetAfter(socket: Socket, bytes: Buffer): Promise<void> {
  await new Promise((resolve) => socket.once('close', resolve).write(bytes, resolve));
  await closed(reset(socket));
}

/** A client that vanishes: it stays connected and does nothing more. */
function keep(socket: Socket, bytes: Buffer): Promise<unknown> | undefined {
  if (kept.length >= MOST_KEPT) return closed(reset(socket));
  kept.push(socket);
  socket.setTimeout(0).write(bytes);
  return undefined;
}

async function closed(socket: Socket): Promise<unknown> {
  return socket.closed || (await new Promise((resolve) => socket.once('close', resolve)));
}

async function open(): Promise<Socket | undefined> {
  const socket = await connectEcho().catch(() => undefined);
  if (!socket) {
    report.refused += 1;
    return undefined;
  }
  socket.on('error', () => undefined);
  socket.resume().setTimeout(FORGOTTEN_MS, () => {
    report.forgotten += 1;
    socket.destroy();
  });
  return socket;
}

async function sendEndlessLine(random: Random): Promise<void> {
  report.endless += 1;
  const socket = await open();
  if (!socket) return;
  let said = '';
  socket.on('data', (bytes) => {
    said += bytes;
  });
  socket.write(Buffer.alloc(ENDLESS, random.of(['a', '|', '\0', tag.slice(0, -1), '\r'])));
  await closed(socket);
  if (said === 'message too long: more than 65536 bytes without an end\n') report.ended += 1;
}

async function sendExchanges(count: number, random: Random): Promise<void> {
  for (let exchange = 1; exchange <= count; exchange += 1) {
    report.exchanges += 1;
    if (exchange % 20 === 0) await sendEndlessLine(random);
    else {
      const socket = await open();
      if (socket) await random.of(manners)(socket, random);
    }
  }
}

async function sendDatagrams(count: number, random: Random): Promise<void> {
  for (let left = count; left > 0; left -= PEER) {
    const socket = createSocket('udp4').on('error', () => undefined);
    socket.connect(portOf('echo', 'udp'), host);
    await once(socket, 'connect');
    let answers = 0;
    let enough = Promise.withResolvers<void>();
    socket.on('message', () => {
      answers += 1;
      if (answers >= ENOUGH) enough.resolve();
    });
    for (let datagram = 1; datagram <= Math.min(PEER, left); datagram += 1) {
      socket.send(datagramOf(left - datagram, random), () => undefined);
      report.datagrams += 1;
      if (datagram % BURST > 0) continue;
      await Promise.race([enough.promise, setTimeout(PATIENCE_MS)]);
      answers = 0;
      enough = Promise.withResolvers();
    }
    socket.close();
  }
}

function datagramOf(number: number, random: Random): Buffer {
  if (number % 50 === 0) return Buffer.alloc(0);
  if (number % 500 === 1) return random.bytes(1_000 + random.below(64_507));
  return random.of(shapes)(random);
}

const datagrams = Math.round((inputs * UDP_SHARE) / UDP_SOCKETS);
const exchanges = Math.ceil((inputs - datagrams * UDP_SOCKETS) / TCP_CLIENTS);
await Promise.all([
  ...Array.from({ length: UDP_SOCKETS }, (_, i) => sendDatagrams(datagrams, new Random(`udp ${seed} ${i}`))),
  ...Array.from({ length: TCP_CLIENTS }, (_, i) => sendExchanges(exchanges, new Random(`tcp ${seed} ${i}`))),
]);
for (const socket of kept) socket.destroy();
console.log(JSON.stringify(report));
