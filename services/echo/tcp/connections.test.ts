import { once } from 'node:events';
import { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openTestTls, type TestTls } from '#lib/tls/testing.ts';
import { until } from '../testing.ts';
import { useConnectionServer } from './testing.ts';

const server = useConnectionServer();

async function closed(socket: Socket) {
  await until(() => socket.destroyed);
}

describe.each([
  ['plain text', false],
  ['TLS', true],
])('over %s', (_what, isTls) => {
  let opened: TestTls | undefined;

  beforeEach(async () => {
    opened = isTls ? await openTestTls() : undefined;
    await server.serve(2, undefined, opened?.tls);
  });
  afterEach(() => opened?.close());

  test('answers a client that has closed its side', async () => {
    const client = (await server.tcp.connect()).end();
    await once(server.tcp.served[0]!, 'end');
    server.tcp.served[0]!.end('answer');
    expect(String(await buffer(client))).toBe('answer');
  });

  test('refuses a connection above the limit with an error line, and serves again when another one has closed', async () => {
    const first = await server.tcp.connect();
    await server.tcp.connect();
    const refused = await server.tcp.connect();
    const { localPort } = refused;
    expect(String(await buffer(refused))).toBe('too many connections: 2 are open (ECHO_MAX_CONNECTIONS)\n');
    await closed(server.tcp.served[2]!);
    expect(server.peers).toHaveLength(2);
    expect(server.said).toEqual([
      `[TCP SERVER] Refused ('127.0.0.1', ${localPort}): too many connections: 2 are open (ECHO_MAX_CONNECTIONS)`,
    ]);
    expect(server.exceeded).toEqual(['ECHO_MAX_CONNECTIONS']);

    server.tcp.reset(first);
    await closed(server.tcp.served[0]!);
    await server.tcp.connect();
    expect(server.peers).toHaveLength(3);
  });

  test('closes an idle connection, and prints that', async () => {
    const client = await server.tcp.connect();
    const { localPort } = client;
    expect(server.tcp.served[0]!.timeout).toBe(60_000);
    server.tcp.served[0]!.emit('timeout');
    expect(await buffer(client)).toHaveLength(0);
    expect(server.said).toEqual([
      `[TCP SERVER] Idle for 60 s: connection of ('127.0.0.1', ${localPort}) closed`,
    ]);
  });

  test('continues when a client resets its connection', async () => {
    server.tcp.reset(await server.tcp.connect());
    await closed(server.tcp.served[0]!);
    await server.tcp.connect();
    expect(server.peers).toHaveLength(2);
  });
});

describe('over plain text alone', () => {
  beforeEach(() => server.serve());

  test('serves a connection with its client', async () => {
    const client = await server.tcp.connect();
    expect(server.peers).toEqual([{ address: '127.0.0.1', port: client.localPort }]);
  });

  test('one client can not take the connections of all', async () => {
    await server.tcp.close();
    await server.serve(2, 1);
    await server.tcp.connect();
    expect(String(await buffer(await server.tcp.connect()))).toBe(
      'too many connections: 1 of this client are open (ECHO_MAX_CONNECTIONS_PER_CLIENT)\n',
    );
    expect(server.exceeded).toEqual(['ECHO_MAX_CONNECTIONS_PER_CLIENT']);
    await server.tcp.connect('127.0.0.2');
    expect(server.peers.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.2']);
  });

  test('one client may have as many connections that wait for that line as all clients', async () => {
    await server.tcp.close();
    await server.serve(2, 1);
    for (let count = 0; count < 3; count += 1) (await server.tcp.connect()).allowHalfOpen = true;
    expect(await buffer(await server.tcp.connect())).toHaveLength(0);
    expect({ exceeded: server.exceeded.length, said: server.said.length }).toEqual({ exceeded: 3, said: 2 });
  });

  test('reads a refused connection for another second, then drops it', async () => {
    await server.tcp.connect();
    await server.tcp.connect();
    const refused = await server.tcp.connect();
    refused.allowHalfOpen = true;
    refused.write('x'.repeat(100_000));
    expect(String(await buffer(refused))).toBe('too many connections: 2 are open (ECHO_MAX_CONNECTIONS)\n');
    await until(() => server.tcp.served[2]!.bytesRead === 100_000);
    expect(server.tcp.served[2]!.destroyed).toBe(false);
    await server.time.pass(1_000);
    await closed(server.tcp.served[2]!);
  });

  test('closes a connection above twice the limit without a line', async () => {
    for (let count = 0; count < 4; count += 1) (await server.tcp.connect()).allowHalfOpen = true;
    const flood = new Socket().connect({ port: server.tcp.port, host: '127.0.0.1' });
    expect(await buffer(flood)).toHaveLength(0);
    expect({ served: server.tcp.served.length, said: server.said.length }).toEqual({ served: 4, said: 2 });
  });

  test('keeps a connection during its own delay, and closes it when it is idle after that', async () => {
    await server.tcp.connect();
    server.waiting = true;
    server.tcp.served[0]!.emit('timeout');
    expect(server.tcp.served[0]!.destroyed).toBe(false);
    server.waiting = false;
    server.tcp.served[0]!.emit('timeout');
    expect(server.tcp.served[0]!.destroyed).toBe(true);
  });

  test('close drops every connection', async () => {
    const clients = [await server.tcp.connect(), await server.tcp.connect()];
    await server.tcp.close();
    await Promise.all(clients.map(closed));
    expect(server.tcp.served.every(({ destroyed }) => destroyed)).toBe(true);
  });

  test('close drops a connection that uses the port of a reset one whose close is still to come', async () => {
    // Neither is connected, so both have the same address: none.
    const [reset, next] = [new Socket(), new Socket()];
    server.connections.server.emit('connection', reset);
    server.connections.server.emit('connection', next);
    await once(reset.destroy(), 'close');
    server.connections.close();
    expect(next.destroyed).toBe(true);
    server.connections.server.listen(0, '127.0.0.1');
  });
});
