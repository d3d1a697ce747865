import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { boundOf } from '#lib/bounds/testing.ts';
import { ca, client as clientCredentials, openTestTls, type TestTls } from '#lib/tls/testing.ts';
import type { Peer } from '../peer.ts';
import { ManualTime, serveTcp, type TcpServer, until } from '../testing.ts';
import { createConnectionServer } from './connections.ts';

let time: ManualTime;
let said: string[];
let peers: Peer[];
let resets: (() => void)[];
let opened: TestTls;
let tcp: TcpServer;
let strangers: Socket[];
let exceeded: string[];

async function serve(opens: Promise<TestTls>, all = 2, each = all + 1) {
  opened = await opens;
  const parts = {
    connections: boundOf('ECHO_MAX_CONNECTIONS', all, each, (setting) => exceeded.push(setting)),
    idleSeconds: 60,
    tls: opened.tls,
    say: (text: string) => void said.push(text),
    sleep: time.sleep,
  };
  const server = createConnectionServer(parts, (socket, peer, { reset }) => {
    peers.push(peer);
    resets.push(reset);
    socket.resume();
    return { waiting: false };
  });
  tcp = await serveTcp(server, { ca, cert: clientCredentials.cert, key: clientCredentials.key });
}

beforeEach(() => {
  time = new ManualTime();
  [said, peers, resets, strangers, exceeded] = [[], [], [], [], []];
});

afterEach(async () => {
  for (const stranger of strangers) stranger.destroy();
  await tcp.close();
  await opened.close();
});

/** A client that says nothing, or what is no TLS. */
async function stranger(text = '') {
  const socket = connect({ port: tcp.port, host: '127.0.0.1' });
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

  test('serves a connection as one of its peer, of a version', async () => {
    const client = await tcp.connect();
    expect(peers).toEqual([{ address: '127.0.0.1', port: client.localPort, tls: 'TLSv1.3' }]);
  });

  test('lets a client that has ended its side be answered', async () => {
    const client = (await tcp.connect()).end();
    await once(tcp.served[0]!, 'end');
    tcp.served[0]!.end('answer');
    expect(String(await buffer(client))).toBe('answer');
  });

  test('resets a connection so that the client sees it, and no other', async () => {
    const [client, other] = [await tcp.connect(), await tcp.connect()];
    const failed = once(client, 'error');
    resets[0]!();
    expect(await failed).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
    await until(() => tcp.served[0]!.destroyed);
    expect(tcp.served[1]!.destroyed).toBe(false);
    tcp.served[1]!.end('answer');
    expect(String(await buffer(other))).toBe('answer');
  });

  test('refuses a connection above the limit with an error line, and serves again when one has gone', async () => {
    const first = await tcp.connect();
    await tcp.connect();
    const refused = await tcp.connect();
    const { localPort } = refused;
    expect(String(await buffer(refused))).toBe('too many connections: 2 are open (ECHO_MAX_CONNECTIONS)\n');
    await until(() => tcp.served[2]!.destroyed);
    expect(said).toEqual([
      `[TCP SERVER] Refused ('127.0.0.1', ${localPort}): too many connections: 2 are open (ECHO_MAX_CONNECTIONS)`,
    ]);

    tcp.reset(first);
    await until(() => tcp.served[0]!.destroyed);
    await tcp.connect();
    expect(peers).toHaveLength(3);
  });

  test('closes a connection on which nothing happens, and says so', async () => {
    const client = await tcp.connect();
    const { localPort } = client;
    expect(tcp.served[0]!.timeout).toBe(60_000);
    tcp.served[0]!.emit('timeout');
    expect(await buffer(client)).toHaveLength(0);
    expect(said).toEqual([`[TCP SERVER] Idle for 60 s: connection of ('127.0.0.1', ${localPort}) closed`]);
  });

  test('goes on when a client resets its connection', async () => {
    tcp.reset(await tcp.connect());
    await until(() => tcp.served[0]!.destroyed);
    await tcp.connect();
    expect(peers).toHaveLength(2);
  });

  test('counts handshakes under way, and not those that have failed', async () => {
    await once(await stranger('Hey|e4599fa9\n'), 'close');
    await once(await stranger('GET / HTTP/1.1\r\n\r\n'), 'close');
    expect(opened.notes).toHaveLength(2);
    await stranger();
    await tcp.connect();
    const refused = await tcp.connect();
    expect(String(await buffer(refused))).toBe('too many connections: 2 are open (ECHO_MAX_CONNECTIONS)\n');
    expect({ served: peers.length, exceeded }).toEqual({ served: 1, exceeded: ['ECHO_MAX_CONNECTIONS'] });
  });

  test('closes a connection above twice the limit at once, those in a handshake included', async () => {
    for (let count = 0; count < 4; count += 1) await stranger();
    const flood = await stranger();
    await once(flood, 'close');
    expect(strangers.map(({ destroyed }) => destroyed)).toEqual([false, false, false, false, true]);
  });

  test('close drops every connection, those in a handshake included', async () => {
    const clients = [await tcp.connect(), await stranger()];
    await tcp.close();
    await Promise.all(clients.map((client) => until(() => client.destroyed)));
    expect(tcp.served.every(({ destroyed }) => destroyed)).toBe(true);
  });
});

test('connections that never shake hands count for their client, and leave places to others', async () => {
  await serve(openTestTls(), 4, 2);
  for (let count = 0; count < 8; count += 1) await stranger();
  // Two are served, four wait to be told that they are not, and two are just closed.
  await Promise.all(strangers.slice(6).map((socket) => until(() => socket.destroyed)));
  expect(strangers.map(({ destroyed }) => destroyed)).toEqual([...Array(6).fill(false), true, true]);
  expect(exceeded).toEqual(Array(6).fill('ECHO_MAX_CONNECTIONS_PER_CLIENT'));
  expect(opened.notes).toEqual([]);

  await tcp.connect('127.0.0.2');
  expect(peers).toMatchObject([{ address: '127.0.0.2' }]);
  const told = connectTls({ socket: strangers[5]!, ca, host: '127.0.0.1' });
  expect(String(await buffer(told))).toBe(
    'too many connections: 2 of this client are open (ECHO_MAX_CONNECTIONS_PER_CLIENT)\n',
  );
});

test('a client is served by the version that it speaks, when that is taken', async () => {
  await serve(openTestTls({ LAB_TLS_MIN: '1.2' }));
  const old = connectTls({ port: tcp.port, host: '127.0.0.1', ca, maxVersion: 'TLSv1.2' });
  strangers.push(old);
  await until(() => peers.length === 1);
  expect(peers).toMatchObject([{ tls: 'TLSv1.2' }]);
});

test('a client whose certificate is not taken is not served', async () => {
  await serve(openTestTls({ LAB_MTLS: true }));
  await tcp.connect();
  const nobody = connectTls({ port: tcp.port, host: '127.0.0.1', ca });
  strangers.push(nobody.on('error', () => undefined));
  await until(() => nobody.resume().destroyed);
  expect(peers).toHaveLength(1);
  expect((tcp.served[0] as TLSSocket).authorized).toBe(true);
});
