import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Channel } from './channel.ts';
import { openTcp } from './tcp.ts';

let server: Server;
let channel: Channel;
let peer: Socket;

const never = new AbortController().signal;
const receive = async () => String(await channel.receive(never));

beforeEach(async () => {
  server = createServer({ noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const connected = once(server, 'connection');
  channel = await openTcp({ address: '127.0.0.1', port, timeout: 5 }, never);
  [peer] = await connected;
});

afterEach(() => {
  channel.close();
  peer.destroy();
  server.close();
});

test('sends a message from the port that it reports', async () => {
  channel.send(Buffer.from('Hey|e4599fa9'));
  expect(String(await once(peer, 'data'))).toBe('Hey|e4599fa9');
  expect(peer.remotePort).toBe(channel.localPort);
});

test('separates the replies in one segment', async () => {
  peer.write('Hey|e4599fa9Hey|e4599fa9Packet Loss\nTest3|5e595222\n');
  expect([await receive(), await receive(), await receive(), await receive()]).toEqual([
    'Hey|e4599fa9',
    'Hey|e4599fa9',
    'Packet Loss\n',
    'Test3|5e595222\n',
  ]);
});

test('joins a reply that arrives a byte at a time', async () => {
  for (const byte of 'Hey|e4599fa9') {
    peer.write(byte);
    await new Promise(setImmediate);
  }
  expect(await receive()).toBe('Hey|e4599fa9');
});

test('counts a reply without an end as complete after a pause', async () => {
  peer.write('error_code');
  expect(await receive()).toBe('error_code');
});

test('counts a reply without an end as complete at the end of the stream', async () => {
  peer.end('error_code');
  expect(await receive()).toBe('error_code');
  await expect(channel.receive(never)).rejects.toMatchObject({ code: 'LAB_CONNECTION_LOST', how: 'closed' });
});

test('returns the replies before a reset, then reports the reset', async () => {
  peer.write('one\n');
  expect(await receive()).toBe('one\n');
  peer.resetAndDestroy();
  await expect(channel.receive(never)).rejects.toMatchObject({ how: 'reset' });
});

test('returns each waiting reply once', async () => {
  peer.write('one\ntwo\nthree\n');
  expect(await receive()).toBe('one\n');
  expect(channel.takeWaiting().map(String)).toEqual(['two\n', 'three\n']);
  expect(channel.takeWaiting()).toEqual([]);
  peer.write('four\n');
  expect(await receive()).toBe('four\n');
});

test('stops waiting when it is aborted, and works after that', async () => {
  const abort = new AbortController();
  const waiting = channel.receive(abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  peer.write('one\n');
  expect(await receive()).toBe('one\n');
});

test('is not opened after an abort', async () => {
  const { port } = server.address() as AddressInfo;
  const target = { address: '127.0.0.1', port, timeout: 5 };
  await expect(openTcp(target, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});
