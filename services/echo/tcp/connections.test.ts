import { once } from 'node:events';
import { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { boundOf } from '#lib/bounds/testing.ts';
import type { Peer } from '../peer.ts';
import { ManualTime, serveTcp, type TcpServer, until } from '../testing.ts';
import { type ConnectionServer, createConnectionServer } from './connections.ts';

let time: ManualTime;
let said: string[];
let peers: Peer[];
let waiting: boolean;
let exceeded: string[];
let connections: ConnectionServer;
let tcp: TcpServer;

beforeEach(async () => {
  time = new ManualTime();
  said = [];
  peers = [];
  waiting = false;
  exceeded = [];
  connections = createServer({ all: 2 });
  tcp = await serveTcp(connections);
});

afterEach(() => tcp.close());

function createServer({ all, each }: { all: number; each?: number }) {
  const parts = {
    connections: boundOf('ECHO_MAX_CONNECTIONS', all, each, (setting) => exceeded.push(setting)),
    idleSeconds: 60,
    say: (text: string) => void said.push(text),
    sleep: time.sleep,
  };
  return createConnectionServer(parts, (socket, peer) => {
    peers.push(peer);
    socket.resume();
    return {
      get waiting() {
        return waiting;
      },
    };
  });
}

async function closed(socket: Socket) {
  await until(() => socket.destroyed);
}

test('serves a connection as one of its peer', async () => {
  const client = await tcp.connect();
  expect(peers).toEqual([{ address: '127.0.0.1', port: client.localPort }]);
});

test('lets a client that has ended its side be answered', async () => {
  const client = (await tcp.connect()).end();
  await once(tcp.served[0]!, 'end');
  tcp.served[0]!.end('answer');
  expect(String(await buffer(client))).toBe('answer');
});

test('refuses a connection above the limit with an error line, and serves again when one has gone', async () => {
  const first = await tcp.connect();
  await tcp.connect();
  const refused = await tcp.connect();
  expect(String(await buffer(refused))).toBe('too many connections: 2 are open (ECHO_MAX_CONNECTIONS)\n');
  await closed(tcp.served[2]!);
  expect(peers).toHaveLength(2);
  expect(exceeded).toEqual(['ECHO_MAX_CONNECTIONS']);

  first.resetAndDestroy();
  await closed(tcp.served[0]!);
  await tcp.connect();
  expect(peers).toHaveLength(3);
});

test('one client can not take the connections of all', async () => {
  await tcp.close();
  tcp = await serveTcp(createServer({ all: 2, each: 1 }));
  await tcp.connect();
  expect(String(await buffer(await tcp.connect()))).toBe(
    'too many connections: 1 of this client are open (ECHO_MAX_CONNECTIONS_PER_CLIENT)\n',
  );
  expect(exceeded).toEqual(['ECHO_MAX_CONNECTIONS_PER_CLIENT']);
  await tcp.connect('127.0.0.2');
  expect(peers.map(({ address }) => address)).toEqual(['127.0.0.1', '127.0.0.2']);
});

test('of one client as many wait for that line as of all', async () => {
  await tcp.close();
  tcp = await serveTcp(createServer({ all: 2, each: 1 }));
  for (let count = 0; count < 3; count += 1) (await tcp.connect()).allowHalfOpen = true;
  expect(await buffer(await tcp.connect())).toHaveLength(0);
  expect({ exceeded: exceeded.length, said: said.length }).toEqual({ exceeded: 3, said: 2 });
});

test('reads a refused client on for a second, then drops it', async () => {
  await tcp.connect();
  await tcp.connect();
  const refused = await tcp.connect();
  refused.allowHalfOpen = true;
  refused.write('x'.repeat(100_000));
  expect(String(await buffer(refused))).toBe('too many connections: 2 are open (ECHO_MAX_CONNECTIONS)\n');
  await until(() => tcp.served[2]!.bytesRead === 100_000);
  expect(tcp.served[2]!.destroyed).toBe(false);
  await time.pass(1_000);
  await closed(tcp.served[2]!);
});

test('closes a connection above twice the limit without a word', async () => {
  for (let count = 0; count < 4; count += 1) (await tcp.connect()).allowHalfOpen = true;
  const flood = new Socket().connect({ port: tcp.port, host: '127.0.0.1' });
  expect(await buffer(flood)).toHaveLength(0);
  expect({ served: tcp.served.length, said: said.length }).toEqual({ served: 4, said: 2 });
});

test('closes a connection on which nothing happens, and says so', async () => {
  const client = await tcp.connect();
  const { localPort } = client;
  expect(tcp.served[0]!.timeout).toBe(60_000);
  tcp.served[0]!.emit('timeout');
  expect(await buffer(client)).toHaveLength(0);
  expect(said).toEqual([`[TCP SERVER] Idle for 60 s: connection of ('127.0.0.1', ${localPort}) closed`]);
});

test('keeps a connection on which it waits itself, and closes it when it is idle after that', async () => {
  await tcp.connect();
  waiting = true;
  tcp.served[0]!.emit('timeout');
  expect(tcp.served[0]!.destroyed).toBe(false);
  waiting = false;
  tcp.served[0]!.emit('timeout');
  expect(tcp.served[0]!.destroyed).toBe(true);
});

test('goes on when a client resets its connection', async () => {
  (await tcp.connect()).resetAndDestroy();
  await closed(tcp.served[0]!);
  await tcp.connect();
  expect(peers).toHaveLength(2);
});

test('close drops every connection', async () => {
  const clients = [await tcp.connect(), await tcp.connect()];
  await tcp.close();
  await Promise.all(clients.map(closed));
  expect(tcp.served.every(({ destroyed }) => destroyed)).toBe(true);
});

test('close drops a connection from the port of one that was reset and is not yet gone', async () => {
  // Neither is connected, so both are from nowhere.
  const [reset, next] = [new Socket(), new Socket()];
  connections.server.emit('connection', reset);
  connections.server.emit('connection', next);
  await once(reset.destroy(), 'close');
  connections.close();
  expect(next.destroyed).toBe(true);
  connections.server.listen(0, '127.0.0.1');
});
