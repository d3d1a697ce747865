import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { beforeEach, expect, test } from '@jest/globals';
import { boundOf } from '#lib/bounds/testing.ts';
import { ManualTime, serveTcp, until } from '../testing.ts';
import { createTcpSink, createUdpSink } from './sink.ts';

let said: string[];
const say = (text: string) => void said.push(text);

beforeEach(() => {
  said = [];
});

test('TCP prints messages and answers nothing', async () => {
  const connections = boundOf('ECHO_MAX_CONNECTIONS', 1);
  const tcp = await serveTcp(
    createTcpSink({ connections, idleSeconds: 60, say, sleep: new ManualTime().sleep }),
  );
  const client = await tcp.connect();
  const { localPort } = client;
  client.write('Hey\r\n');
  await until(() => said.length === 2);
  expect(await buffer(client.end('one\ntwo\x1b\n'))).toHaveLength(0);
  await until(() => said.length === 4);
  expect(said).toEqual([
    `Got connection from ('127.0.0.1', ${localPort})`,
    'Hey',
    'one\ntwo\\u001b',
    'Client disconnected',
  ]);
  await tcp.close();
});

test('UDP prints messages and answers nothing', async () => {
  const server = createUdpSink({ say }).bind(0, '127.0.0.1');
  const client = createSocket('udp4').bind(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(client, 'listening')]);
  const answers: Buffer[] = [];
  client.on('message', (bytes) => answers.push(bytes));
  for (const text of ['Hey\n', '']) client.send(text, server.address().port, '127.0.0.1');
  await until(() => said.length === 2);
  const { port } = client.address();
  expect(said).toEqual([
    `[UDP SERVER] Received from ('127.0.0.1', ${port}): Hey`,
    `[UDP SERVER] Received from ('127.0.0.1', ${port}): `,
  ]);
  expect(answers).toEqual([]);
  server.close();
  client.close();
});
