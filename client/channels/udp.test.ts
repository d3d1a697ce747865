import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Channel } from './channel.ts';
import { openUdp } from './udp.ts';

let server: Socket;
let channel: Channel;

const never = new AbortController().signal;

beforeEach(async () => {
  server = createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  channel = await openUdp({ address: '127.0.0.1', port: server.address().port, timeout: 5 }, never);
});

afterEach(() => {
  channel.close();
  server.close();
});

test('sends a datagram, and a datagram is a reply', async () => {
  channel.send(Buffer.from('Hey|e4599fa9'));
  const [bytes, { port }] = await once(server, 'message');
  expect({ text: String(bytes), port }).toEqual({ text: 'Hey|e4599fa9', port: channel.localPort });

  for (const reply of ['He', '', 'y\n']) server.send(reply, port, '127.0.0.1');
  for (const reply of ['He', '', 'y\n']) expect(String(await channel.receive(never))).toBe(reply);
});

test('does not receive datagrams of other senders', async () => {
  const stranger = createSocket('udp4');
  await new Promise((resolve) => stranger.send('hello', channel.localPort, '127.0.0.1', resolve));
  server.send('reply', channel.localPort, '127.0.0.1');
  expect(String(await channel.receive(never))).toBe('reply');
  stranger.close();
});

test('reports a closed port', async () => {
  const nobody = createSocket('udp4').bind(0, '127.0.0.1');
  await once(nobody, 'listening');
  const { port } = nobody.address();
  await new Promise<void>((resolve) => nobody.close(resolve));
  const lonely = await openUdp({ address: '127.0.0.1', port, timeout: 5 }, never);
  lonely.send(Buffer.from('Hey'));
  await expect(lonely.receive(never)).rejects.toMatchObject({ how: 'refused' });
  lonely.close();
});
