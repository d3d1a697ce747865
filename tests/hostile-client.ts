import { createCipheriv, hash } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { encodeMessage } from '#common/message.ts';

// hostile-client.ts INPUTS SEED, in the client host: sends so many hostile inputs to the echo server, the same for
// the same seed, and prints as JSON what became of them.

const { LAB_SERVER_ADDRESS: host = '', ECHO_PORT } = process.env;
const port = Number(ECHO_PORT);
const [inputs = 0, seed = 0] = process.argv.slice(2).map(Number);

const UDP_SHARE = 0.92;
const UDP_SOCKETS = 8;
/** Datagrams that a socket sends at once: more than the server's kernel holds would only get lost there. */
const BURST = 8;
/** Answers to a burst after which the next one goes, or so many milliseconds. */
const ENOUGH = 7;
const PATIENCE_MS = 250;
/** Datagrams from one port. */
const PEER = 64;
const TCP_CLIENTS = 48;
/** Peers that stay to the end, and do nothing any more. */
const MOST_KEPT = 200;
/** When a connection counts as forgotten by the server, in ms. */
const FORGOTTEN_MS = 10_000;
/** Octets of an endless line: more than any message has. */
const ENDLESS = 70_000;

const report = { datagrams: 0, exchanges: 0, refused: 0, forgotten: 0, endless: 0, ended: 0 };
const kept: Socket[] = [];

/** Random octets and numbers that a seed repeats. */
class Random {
  readonly #stream;

  constructor(seed: string) {
    this.#stream = createCipheriv('aes-128-ctr', hash('md5', seed, 'buffer'), Buffer.alloc(16));
  }

  bytes(length: number): Buffer {
    return this.#stream.update(Buffer.alloc(length));
  }

  below(count: number): number {
    return this.bytes(4).readUInt32LE() % count;
  }

  of<Item>(items: readonly Item[]): Item {
    return items[this.below(items.length)]!;
  }
}

const fragments = [
  ...['|', '||||||||||', '|e4599fa9', '|E4599FA9', '|da39a3ee', '|e4599fa', 'Hey|e4599fa9', 'error_code'],
  ...['\n', '\r\n', '\r', '\0', '\x1b[2J\x1b]0;x\x07', '\u2028', '\ufeff', '\u{1f4a5}', '{"__proto__":1}'],
  ...['GET / HTTP/1.1\r\n\r\n', "'; DROP TABLE logs; --", '$(reboot)', '%s%n', '../../etc/passwd'],
];

const brokenText = ['80', 'c0af', 'e28228', 'f0908d', 'f8888080', 'eda080', 'fffe', 'c3'].map((hex) =>
  Buffer.from(hex, 'hex'),
);

/** What a hostile peer sends. */
const shapes: readonly ((random: Random) => Buffer)[] = [
  (random) => random.bytes(1 + random.below(200)),
  (random) => Buffer.concat([Buffer.from('text '), random.of(brokenText), random.of(brokenText)]),
  (random) => Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.of(fragments)).join('')),
  (random) => Buffer.from(`body|${random.bytes(4).toString('hex')}${random.of(fragments)}`),
  (random) =>
    Buffer.concat([encodeMessage(random.bytes(random.below(40))), Buffer.from(random.of(fragments))]),
  () => Buffer.from('Hey|e4599fa9\n'),
];

/** How a hostile peer behaves on TCP, once it is connected. Each returns when the connection is over, or kept. */
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
  (socket) => closed(socket.resetAndDestroy()),
  (socket) => resetAfter(socket, Buffer.from('Hey|e45')),
  (socket) => resetAfter(socket, Buffer.from('Hey|e4599fa9')),
  async (socket, random) => {
    socket.write(Buffer.concat([random.of(shapes)(random), Buffer.from('\n')]));
    await Promise.race([once(socket, 'data'), closed(socket)]).catch(() => undefined);
    await closed(socket.resetAndDestroy());
  },
  (socket, random) => keep(socket, random.of(shapes)(random)),
  (socket) => keep(socket.pause(), Buffer.from('deaf\n'.repeat(2_000))),
];

async function resetAfter(socket: Socket, bytes: Buffer): Promise<void> {
  await new Promise((resolve) => socket.once('close', resolve).write(bytes, resolve));
  await closed(socket.resetAndDestroy());
}

/** A peer that vanishes: it stays connected and does nothing more. */
function keep(socket: Socket, bytes: Buffer): Promise<unknown> | undefined {
  if (kept.length >= MOST_KEPT) return closed(socket.resetAndDestroy());
  kept.push(socket);
  socket.setTimeout(0).write(bytes);
  return undefined;
}

async function closed(socket: Socket): Promise<unknown> {
  return socket.closed || (await new Promise((resolve) => socket.once('close', resolve)));
}

async function open(): Promise<Socket | undefined> {
  const socket = connect({ host, port, noDelay: true }).on('error', () => undefined);
  const opened = await once(socket, 'connect').catch(() => undefined);
  if (!opened) {
    report.refused += 1;
    return undefined;
  }
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
  socket.write(Buffer.alloc(ENDLESS, random.of(['a', '|', '\0', '|e4599fa', '\r'])));
  await closed(socket);
  if (said === 'message too long: more than 65536 bytes without an end\n') report.ended += 1;
}

async function sendExchanges(count: number, random: Random): Promise<void> {
  for (let exchange = 1; exchange <= count; exchange += 1) {
    report.exchanges += 1;
    if (exchange % 100 === 0) await sendEndlessLine(random);
    else {
      const socket = await open();
      if (socket) await random.of(manners)(socket, random);
    }
  }
}

async function sendDatagrams(count: number, random: Random): Promise<void> {
  for (let left = count; left > 0; left -= PEER) {
    const socket = createSocket('udp4').on('error', () => undefined);
    socket.connect(port, host);
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
