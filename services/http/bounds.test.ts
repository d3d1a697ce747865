import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterEach, expect, jest, test } from '@jest/globals';
import { boundOf } from '#lib/bounds/testing.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { ca, openTestTls, type TestTls } from '#lib/tls/testing.ts';
import { serveWithin } from './bounds.ts';

const forever: Sleep = () => new Promise(() => undefined);
const hello: RequestListener = (request, response) => response.end(`${request.method} ${request.url}`);

let server: Server;
let opened: TestTls | undefined;
const clients: Socket[] = [];
const exceeded = jest.fn();

afterEach(async () => {
  for (const socket of clients.splice(0)) socket.destroy();
  server.close();
  server.closeAllConnections();
  await opened?.close();
  opened = undefined;
  exceeded.mockReset();
});

async function serve({
  app = hello,
  allowed = 100,
  ofEach = 100,
  idleSeconds = 60,
  sleep = forever,
  isHeld = (_: Socket) => false,
  tls = undefined as TestTls['tls'] | undefined,
}) {
  const connections = boundOf('HTTP_MAX_CONNECTIONS', allowed, ofEach, exceeded);
  const options = { connectionsCheckingInterval: 20 };
  const bare = tls ? tls.watch(createTlsServer({ ...tls.options, ...options })) : createServer(options);
  server = serveWithin(bare, app, {
    connections,
    idleSeconds,
    sleep,
    carrierOf: (socket) => tls?.carrierOf(socket),
    isHeld,
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
}

function open(said = '', localAddress = '127.0.0.1') {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', localAddress }).on('error', () => undefined);
  clients.push(socket);
  if (said) socket.write(said);
  return socket;
}

const asking = (target = '/', method = 'GET') => `${method} ${target} HTTP/1.1\r\nHost: lab\r\n\r\n`;

test('a connection above the limit gets a 503, and is closed', async () => {
  await serve({ allowed: 1, ofEach: 2 });
  const first = open(asking());
  await once(first, 'data');
  const answer = await text(open(asking()));
  expect(answer).toMatch(/^HTTP\/1\.1 503 Service Unavailable\r\n/);
  expect(answer).toMatch(/\r\nConnection: close\r\n/);
  expect(answer).toMatch(/\r\n\r\ntoo many connections: 1 are open \(HTTP_MAX_CONNECTIONS\)\n$/);
  expect(exceeded).toHaveBeenCalledTimes(1);
  const closed = once(first, 'close');
  first.destroy();
  await closed;
});

test('one client can not take the connections of all', async () => {
  await serve({ allowed: 2, ofEach: 1 });
  const first = open(asking());
  await once(first, 'data');
  expect(await text(open(asking()))).toMatch(
    /\r\n\r\ntoo many connections: 1 of this client are open \(HTTP_MAX_CONNECTIONS_PER_CLIENT\)\n$/,
  );
  const other = open(asking(), '127.0.0.2');
  expect(String((await once(other, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  const closed = Promise.all([once(first, 'close'), once(other, 'close')]);
  first.destroy();
  other.destroy();
  await closed;
});

test('a connection above the limit without a request is closed after a moment', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await serve({ allowed: 1, ofEach: 2, sleep: () => promise });
  const first = open(asking());
  await once(first, 'data');
  const second = open();
  const closed = once(second.resume(), 'close');
  await once(server, 'connection');
  resolve();
  await closed;
  expect(first.closed).toBe(false);
});

test('over TLS, connections without a handshake count for their client, and others still get places', async () => {
  opened = await openTestTls();
  await serve({ allowed: 4, ofEach: 2, tls: opened.tls });
  const silent = Array.from({ length: 8 }, () => open());
  // Two are served, four wait for their refusal, and two are just closed.
  const [, , , , , , seventh, eighth] = silent.map((socket) => once(socket.resume(), 'close'));
  await Promise.all([seventh, eighth]);
  expect(silent.map(({ closed }) => closed)).toEqual([...Array(6).fill(false), true, true]);
  expect(exceeded.mock.calls).toEqual(Array(6).fill(['HTTP_MAX_CONNECTIONS_PER_CLIENT']));
  expect(opened.notes).toEqual([]);

  const other = connectTls({ socket: open('', '127.0.0.2'), ca, host: '127.0.0.1' });
  other.write(asking());
  expect(String((await once(other, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  const told = connectTls({ socket: silent[5]!, ca, host: '127.0.0.1' });
  told.write(asking());
  expect(await text(told)).toMatch(
    /^HTTP\/1\.1 503 [\s\S]*too many connections: 2 of this client are open \(HTTP_MAX_CONNECTIONS_PER_CLIENT\)\n$/,
  );
});

test('an unfinished request gets 408', async () => {
  await serve({ idleSeconds: 0.05 });
  expect(await text(open('GET / HTTP/1.1\r\nHos'))).toMatch(/^HTTP\/1\.1 408 /);
});

test('an idle connection is closed, also in the middle of a response', async () => {
  await serve({
    app({ socket }, response) {
      response.writeHead(200).write('x'.repeat(2 ** 24));
      socket.setTimeout(50);
    },
  });
  open(asking());
  const [served] = await once(server, 'timeout');
  if (!served.closed) await once(served, 'close');
});

test('a connection with a held request is not closed', async () => {
  await serve({ app: () => undefined, isHeld: () => true });
  server.timeout = 50;
  open(asking());
  const [served] = await once(server, 'timeout');
  expect(served.destroyed).toBe(false);
});

test('a limited number of requests is accepted after a held one', async () => {
  const app = jest.fn<RequestListener>();
  await serve({ app, isHeld: () => true });
  const socket = open(asking().repeat(200));
  await once(socket.resume(), 'close');
  expect(app).toHaveBeenCalledTimes(100);
});

test('CONNECT gets a response like any other request, and ends the connection', async () => {
  await serve({});
  expect(await text(open(asking('example.com:443', 'CONNECT')))).toMatch(
    /\r\nConnection: close\r\n[\s\S]*\r\n\r\nCONNECT example\.com:443$/,
  );
});

test('CONNECT after another request gets its response after it', async () => {
  await serve({});
  const answers = await text(open(asking('/first') + asking('example.com:443', 'CONNECT')));
  expect(answers.match(/GET \/first|CONNECT example\.com:443/g)).toEqual([
    'GET /first',
    'CONNECT example.com:443',
  ]);
});
