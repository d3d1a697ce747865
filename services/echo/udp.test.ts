import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createUdpEcho } from './udp.ts';

let server: Socket;
let client: Socket;

beforeEach(async () => {
  client = createSocket('udp4');
  server = createUdpEcho().bind(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  server.close();
  client.close();
});

async function echoed(bytes: Buffer, socket = client): Promise<[Buffer, RemoteInfo]> {
  const message = once(socket, 'message');
  socket.send(bytes, server.address().port, '127.0.0.1');
  return (await message) as [Buffer, RemoteInfo];
}

test.each([
  ['text', Buffer.from('héllo\n')],
  ['bytes that are no UTF-8', Buffer.from([0x00, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x0a])],
  ['the largest datagram there is', Buffer.alloc(65_507, 'x')],
  ['an empty datagram', Buffer.alloc(0)],
])('sends back %s unharmed, from its own port', async (_what, bytes) => {
  const [received, { port }] = await echoed(bytes);
  expect(received.equals(bytes)).toBe(true);
  expect(port).toBe(server.address().port);
});

test('serves others when a client has gone before its answer', async () => {
  const gone = createSocket('udp4');
  await new Promise((resolve) => gone.send('lost', server.address().port, '127.0.0.1', resolve));
  gone.close();
  expect(String((await echoed(Buffer.from('next')))[0])).toBe('next');
});

test('sends each client its own datagram', async () => {
  const other = createSocket('udp4');
  const answers = await Promise.all([echoed(Buffer.from('one')), echoed(Buffer.from('two'), other)]);
  expect(answers.map(([bytes]) => String(bytes))).toEqual(['one', 'two']);
  other.close();
});
