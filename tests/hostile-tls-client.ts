import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { type ConnectionOptions, type TLSSocket, connect as tlsConnect } from 'node:tls';
import { clientHello, record } from './client-hello.ts';
import { Random } from './random-bytes.ts';

// hostile-tls-client.ts HANDSHAKES SEED, in the client host: begins this number of hostile handshakes with both
// servers, always the same for a seed. Prints the results as JSON.

const { LAB_SERVER_ADDRESS: host = '', HTTPS_PORT, ECHO_TLS_PORT } = process.env;
const [handshakes = 0, seed = 0] = process.argv.slice(2).map(Number);

const CLIENTS = 48;
/** One in this many is held half open from the beginning, all at the same time. */
const FLOOD = 10;
/** One in this many of the others is a whole handshake, which costs both sides a lot. */
const WHOLE = 20;
/** The server has forgotten a connection when it does not end it within this time, in ms. A handshake may take 5 s. */
const FORGOTTEN_MS = 120_000;
/** How long a client that has closed its side waits for the server, in ms. */
const PATIENCE_MS = 30;
/** The same for a client that finishes the handshake. */
const WHOLE_MS = 100;
/** Half-open clients at the same time. */
const MOST_HELD = 300;

const report = { handshakes: 0, whole: 0, refused: 0, forgotten: 0, held: 0, ended: 0 };
const held = new Set<Promise<unknown>>();

const TLS12 = { minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' } as const;
const OLD = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' } as const;

/** How a hostile client begins a handshake. Each returns when the connection is closed, or held. */
const manners: readonly ((socket: Socket, random: Random) => Promise<unknown> | undefined)[] = [
  // Bytes that are not TLS.
  (socket, random) => leave(socket, random.bytes(1 + random.below(2_000))),
  (socket, random) =>
    leave(socket, random.of(['GET / HTTP/1.1\r\n\r\n', 'Hey|e4599fa9\n', '\n', 'CONNECT a:1\r\n'])),
  (socket) => leave(socket),
  (socket) => closed(socket.resetAndDestroy()),
  // A ClientHello that is cut, altered, followed by noise, or sent a byte at a time.
  (socket, random) => leave(socket, cut(random)),
  (socket, random) => reset(socket, cut(random)),
  (socket, random) => leave(socket, altered(random)),
  (socket, random) =>
    leave(socket, Buffer.concat([clientHello(random), random.bytes(1 + random.below(500))])),
  (socket, random) => reset(socket, clientHello(random)),
  (socket, random) => drip(socket, clientHello(random).subarray(0, 20)),
  async (socket, random) => {
    socket.write(clientHello(random));
    await Promise.race([once(socket, 'data'), closed(socket)]).catch(() => undefined);
    await leave(socket, record(0x17, random.bytes(64), { version: 0x0303 }));
  },
  // Records that are too long, or have such a length; unknown types and versions.
  (socket, random) => leave(socket, record(0x16, random.bytes(40_000), { length: 0xffff })),
  (socket, random) =>
    leave(socket, record(0x16, Buffer.concat([Buffer.from('01ffffff', 'hex'), random.bytes(16_000)]))),
  (socket, random) =>
    leave(socket, record(random.below(256), random.bytes(100), { version: random.below(65_536) })),
  (socket, random) => leave(socket, record(0x15, Buffer.from([2, random.below(256)]))),
  (socket) => leave(socket, Buffer.from('802e0100020015000000100100800200800300800700c0', 'hex')),
  // Half open.
  (socket) => hold(socket, Buffer.alloc(0)),
  (socket, random) => hold(socket, cut(random)),
  (socket, random) => hold(socket, clientHello(random)),
];

/** How a hostile client behaves that can finish a handshake. */
const wholes: readonly ((port: number, random: Random) => Promise<unknown>)[] = [
  (port) => shake(port, OLD, () => undefined),
  (port) => shake(port, { ca: [], rejectUnauthorized: true }, () => undefined),
  (port) => shake(port, TLS12, (socket) => socket.renegotiate({}, () => socket.destroy())),
  // Bytes that are not encrypted with the session keys.
  (port, random) =>
    shake(port, {}, (_socket, carrier) =>
      carrier.write(record(0x17, random.bytes(200), { version: 0x0303 })),
    ),
  (port) => shake(port, {}, (_socket, carrier) => carrier.resetAndDestroy()),
  (port) => shake(port, TLS12, (_socket, carrier) => carrier.resetAndDestroy()),
  (port) => resume(port, {}),
  (port) => resume(port, TLS12),
];

function cut(random: Random): Buffer {
  const hello = clientHello(random);
  return hello.subarray(0, 1 + random.below(hello.length - 1));
}

function altered(random: Random): Buffer {
  const hello = clientHello(random);
  for (let flips = 1 + random.below(8); flips > 0; flips -= 1)
    hello[random.below(hello.length)]! ^= 1 << random.below(8);
  return hello;
}

async function drip(socket: Socket, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    if (!socket.writable) break;
    socket.write(Buffer.from([byte]));
    await setTimeout(1);
  }
  await leave(socket);
}

/** A client that closes its side, and disconnects soon when the server still waits for more. */
async function leave(socket: Socket, bytes: string | Buffer = ''): Promise<void> {
  await Promise.race([closed(socket.end(bytes)), setTimeout(PATIENCE_MS)]);
  await closed(socket.resetAndDestroy());
}

async function reset(socket: Socket, bytes: Buffer): Promise<void> {
  await new Promise((resolve) => socket.once('close', resolve).write(bytes, resolve));
  await closed(socket.resetAndDestroy());
}

/** A client that sends nothing more. The server must end it. */
function hold(socket: Socket, bytes: Buffer): Promise<unknown> | undefined {
  if (held.size >= MOST_HELD + handshakes / FLOOD) return closed(socket.resetAndDestroy());
  report.held += 1;
  if (bytes.length > 0) socket.write(bytes);
  const end = closed(socket).then(() => {
    report.ended += 1;
    held.delete(end);
  });
  held.add(end);
  return undefined;
}

/** A handshake, and what the client does after it. */
async function shake(
  port: number,
  options: ConnectionOptions,
  act: (socket: TLSSocket, carrier: Socket) => unknown,
): Promise<void> {
  report.whole += 1;
  const carrier = await open(port);
  if (!carrier) return;
  carrier.pause();
  const socket = tlsConnect({ rejectUnauthorized: false, ...options, socket: carrier }).on(
    'error',
    () => undefined,
  );
  socket.resume().once('secureConnect', () => act(socket, carrier));
  // When the server keeps such a client, the client disconnects.
  await Promise.race([closed(socket), setTimeout(WHOLE_MS)]);
  socket.destroy();
  await closed(carrier.destroy());
}

/** A handshake, and a second one that resumes the session of the first. */
async function resume(port: number, options: ConnectionOptions): Promise<void> {
  let session: Buffer | undefined;
  await shake(port, options, (socket) =>
    socket.once('session', (ticket) => {
      session = ticket;
      socket.destroy();
    }),
  );
  if (session) await shake(port, { ...options, session }, (socket) => socket.end('Hey|e4599fa9\n'));
}

async function closed(socket: Socket): Promise<unknown> {
  return socket.closed || (await new Promise((resolve) => socket.once('close', resolve)));
}

async function open(port: number): Promise<Socket | undefined> {
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

async function flood(port: number, count: number, random: Random): Promise<void> {
  for (let peer = 0; peer < count; peer += 1) {
    report.handshakes += 1;
    const socket = await open(port);
    if (socket) hold(socket, peer % 2 === 0 ? clientHello(random) : Buffer.alloc(0));
  }
}

async function attack(port: number, count: number, random: Random): Promise<void> {
  for (let handshake = 1; handshake <= count; handshake += 1) {
    report.handshakes += 1;
    if (handshake % WHOLE === 0) await random.of(wholes)(port, random);
    else {
      const socket = await open(port);
      if (socket) await random.of(manners)(socket, random);
    }
  }
}

const ports = [Number(HTTPS_PORT), Number(ECHO_TLS_PORT)];
const flooding = Math.round(handshakes / FLOOD / ports.length);
const each = Math.ceil((handshakes - flooding * ports.length) / CLIENTS);
await Promise.all(ports.map((port) => flood(port, flooding, new Random(`flood ${seed} ${port}`))));
await Promise.all(
  Array.from({ length: CLIENTS }, (_, i) =>
    attack(ports[i % ports.length]!, each, new Random(`tls ${seed} ${i}`)),
  ),
);
await Promise.all(held);
console.log(JSON.stringify(report));
