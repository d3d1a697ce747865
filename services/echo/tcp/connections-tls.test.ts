import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ca, openTestTls, type TestTls } from '#lib/tls/testing.ts';
import { until } from '../testing.ts';
import { useConnectionServer } from './testing.ts';

const server = useConnectionServer();
let opened: TestTls;
let strangers: Socket[];

async function serve(opens: Promise<TestTls>, all?: number, each?: number) {
  opened = await opens;
  await server.serve(all, each, opened.tls);
}

beforeEach(() => {
  strangers = [];
});

afterEach(async () => {
  for (const stranger of strangers) stranger.destroy();
  await opened.close();
});

/** A client that sends nothing, or bytes that are not TLS. */
async function stranger(text = '') {
  const socket = connect({ port: server.tcp.port, host: '127.0.0.1' });
  strangers.push(socket);
  await once(
    socket.on('error', () => undefined),
    'connect',
  );
  if (text) socket.write(text);
  return socket.resume();
}

describe('over TLS', () => {
  beforeEach(() => serve(openTestTls()));

  test('serves a connection with its client and TLS version', async () => {
    const client = await server.tcp.connect();
    expect(server.peers).toEqual([{ address: '127.0.0.1', port: client.localPort, tls: 'TLSv1.3' }]);
  });

  test('resets a connection so that the client sees it, and no other', async () => {
    const [client, other] = [await server.tcp.connect(), await server.tcp.connect()];
    const failed = once(client, 'error');
    server.resets[0]!();
    expect(await failed).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    await until(() => server.tcp.served[0]!.destroyed);
    expect(server.tcp.served[1]!.destroyed).toBe(false);
    server.tcp.served[1]!.end('answer');
    expect(String(await buffer(other))).toBe('answer');
  });

  test('counts unfinished handshakes, and no failed ones', async () => {
    await once(await stranger('Hey|e4599fa9\n'), 'close');
    await once(await stranger('GET / HTTP/1.1\r\n\r\n'), 'close');
    expect(opened.notes).toHaveLength(2);
    await stranger();
    await server.tcp.connect();
    const refused = await server.tcp.connect();
    expect(String(await buffer(refused))).toBe('too many connections: 2 are open (ECHO_MAX_CONNECTIONS)\n');
    expect({ served: server.peers.length, exceeded: server.exceeded }).toEqual({
      served: 1,
      exceeded: ['ECHO_MAX_CONNECTIONS'],
    });
  });

  test('closes a connection above twice the limit at once, those in a handshake included', async () => {
    for (let count = 0; count < 4; count += 1) await stranger();
    const flood = await stranger();
    await once(flood, 'close');
    expect(strangers.map(({ destroyed }) => destroyed)).toEqual([false, false, false, false, true]);
  });

  test('close drops every connection, those in a handshake included', async () => {
    const clients = [await server.tcp.connect(), await stranger()];
    await server.tcp.close();
    await Promise.all(clients.map((client) => until(() => client.destroyed)));
    expect(server.tcp.served.every(({ destroyed }) => destroyed)).toBe(true);
  });
});

test('connections without a handshake count for their client, and others still get places', async () => {
  await serve(openTestTls(), 4, 2);
  for (let count = 0; count < 8; count += 1) await stranger();
  // Two are served, four wait for their refusal, and two are just closed.
  await Promise.all(strangers.slice(6).map((socket) => until(() => socket.destroyed)));
  expect(strangers.map(({ destroyed }) => destroyed)).toEqual([...Array(6).fill(false), true, true]);
  expect(server.exceeded).toEqual(Array(6).fill('ECHO_MAX_CONNECTIONS_PER_CLIENT'));
  expect(opened.notes).toEqual([]);

  await server.tcp.connect('127.0.0.2');
  expect(server.peers).toMatchObject([{ address: '127.0.0.2' }]);
  const told = connectTls({ socket: strangers[5]!, ca, host: '127.0.0.1' });
  expect(String(await buffer(told))).toBe(
    'too many connections: 2 of this client are open (ECHO_MAX_CONNECTIONS_PER_CLIENT)\n',
  );
});

test('a client is served in its version, when that is allowed', async () => {
  await serve(openTestTls({ LAB_TLS_MIN: '1.2' }));
  const old = connectTls({ port: server.tcp.port, host: '127.0.0.1', ca, maxVersion: 'TLSv1.2' });
  strangers.push(old);
  await until(() => server.peers.length === 1);
  expect(server.peers).toMatchObject([{ tls: 'TLSv1.2' }]);
});

test('a client with a rejected certificate is not served', async () => {
  await serve(openTestTls({ LAB_MTLS: true }));
  await server.tcp.connect();
  const nobody = connectTls({ port: server.tcp.port, host: '127.0.0.1', ca });
  strangers.push(nobody.on('error', () => undefined));
  await until(() => nobody.resume().destroyed);
  expect(server.peers).toHaveLength(1);
  expect((server.tcp.served[0] as TLSSocket).authorized).toBe(true);
});
