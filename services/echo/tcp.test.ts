import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, type Server, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTcpEcho } from './tcp.ts';

let server: Server;
let port: number;
let served: Socket[];

beforeEach(async () => {
  server = createTcpEcho().listen(0, '127.0.0.1');
  served = [];
  server.on('connection', (socket) => served.push(socket));
  await once(server, 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(async () => {
  for (const socket of served) socket.destroy();
  await once(server.close(), 'close');
});

test.each([
  ['text', Buffer.from('héllo\n')],
  ['bytes that are no UTF-8', Buffer.from([0x00, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x0a])],
  ['one mebibyte', randomBytes(2 ** 20)],
  ['nothing', Buffer.alloc(0)],
])('sends back %s unharmed, then ends', async (_what, bytes) => {
  const received = await buffer(connect(port, '127.0.0.1').end(bytes));
  expect(received.equals(bytes)).toBe(true);
});

test('sends each part back while the connection stays open', async () => {
  const socket = connect(port, '127.0.0.1');
  for (const part of ['one', 'two']) {
    socket.write(part);
    expect(String(await once(socket, 'data'))).toBe(part);
  }
  socket.end();
  await once(socket, 'close');
});

test('gives a client that has ended its side the rest', async () => {
  const bytes = randomBytes(2 ** 16);
  const socket = connect(port, '127.0.0.1').end(bytes);
  await once(socket, 'finish');
  expect((await buffer(socket)).equals(bytes)).toBe(true);
});

test('serves others when a client resets its connection', async () => {
  const rude = connect(port, '127.0.0.1');
  rude.write(randomBytes(2 ** 20));
  await once(rude, 'data');
  rude.resetAndDestroy();
  await new Promise((resolve) => served[0]!.once('close', resolve));
  expect(String(await buffer(connect(port, '127.0.0.1').end('next')))).toBe('next');
});
