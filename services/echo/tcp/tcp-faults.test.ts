import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from '@jest/globals';
import type { FaultName } from '#lib/faults/echo/index.ts';
import { read, serveTcp, until } from '../testing.ts';
import { createTcpEcho } from './tcp.ts';
import { useTcpEcho } from './testing.ts';

const echo = useTcpEcho();

/** Everything that comes back to a client that closes its side after its messages. */
async function exchange(text: string, server = echo.tcp) {
  const client = await server.connect();
  return (await buffer(client.end(text))).toString('latin1');
}

async function connectAndSend(text: string) {
  const client = await echo.tcp.connect();
  client.write(text);
  return client;
}

test.each<[FaultName, string, string]>([
  ['none', 'Test3|5e595222', 'Test3|5e595222'],
  ['loss', 'Test3|5e595222', 'error_code'],
  ['loss', 'Test3\n', 'Packet Loss'],
  ['corruption', 'Test3|5e595222\n', '\xabest3|5e595222\n'],
  ['duplicate', 'Test3|5e595222\n', 'Test3|5e595222\nTest3|5e595222\n'],
  ['truncate', 'Test3|5e595222\r\n', 'Te\r\n'],
])('%s answers %j with %j', async (fault, text, answer) => {
  echo.lab.script(fault);
  expect(await exchange(text)).toBe(answer);
  expect(await echo.lab.entries()).toMatchObject([{ fault, message: 1 }]);
});

test('loss sends nothing when it is silent', async () => {
  const options = { ...echo.lab.parts.options, loss: 'silent' as const };
  const silent = await serveTcp(createTcpEcho({ ...echo.lab.parts, options }));
  echo.lab.script('loss', 'none');
  expect(await exchange('one\ntwo\n', silent)).toBe('two\n');
  await silent.close();
});

test('delay answers after its time, and not before', async () => {
  echo.lab.script('delay');
  const client = await connectAndSend('Hey|e4599fa9');
  await until(() => echo.lab.time.waiting(1_500) === 1);
  expect(client.bytesRead).toBe(0);
  await echo.lab.time.pass(1_500);
  expect(await read(client, 12)).toBe('Hey|e4599fa9');
});

test('drip answers a byte at a time', async () => {
  echo.lab.script('drip');
  const client = await connectAndSend('Hey\n');
  for (const [index, byte] of ['H', 'e', 'y', '\n'].entries()) {
    if (index > 0) await echo.lab.time.pass(20);
    expect(await read(client, 1)).toBe(byte);
    expect(client.bytesRead).toBe(index + 1);
  }
  expect(echo.lab.time.delays).toEqual([20, 20, 20]);
});

test('reset ends the connection by RST, and drops the other messages of the client', async () => {
  echo.lab.script('none', 'reset');
  const client = await connectAndSend('one\n');
  expect(await read(client, 4)).toBe('one\n');
  client.write('two\nthree\n');
  const [error] = await once(client.resume(), 'error');
  expect(error).toMatchObject({ code: 'ECONNRESET' });
  expect(client.bytesRead).toBe(4);
  expect(await echo.lab.entries()).toHaveLength(2);
});

describe('reorder', () => {
  test.each<[FaultName[], string, string]>([
    [['reorder', 'none'], 'one\ntwo\n', 'two\none\n'],
    [['reorder', 'duplicate'], 'one\ntwo\n', 'two\ntwo\none\n'],
    [['reorder', 'loss'], 'one\ntwo\n', 'Packet Lossone\n'],
    [['reorder', 'reorder'], 'one\ntwo\n', 'two\none\n'],
    [['reorder', 'reorder', 'none'], 'one\ntwo\nthree\n', 'two\none\nthree\n'],
    [['reorder', 'none', 'none'], 'one\ntwo\nthree\n', 'two\none\nthree\n'],
  ])('as %j turns %j into %j', async (steps, text, answer) => {
    echo.lab.script(...steps);
    const client = await connectAndSend(text);
    expect(await read(client, answer.length)).toBe(answer);
    expect(echo.lab.time.waiting(1_000)).toBe(0);
  });

  test('sends an echo after a second when no other one overtakes it', async () => {
    echo.lab.script('reorder');
    const client = await connectAndSend('one\n');
    await echo.lab.time.pass(1_000);
    expect(await read(client, 4)).toBe('one\n');
  });

  test('sends it at once when the client has closed its side', async () => {
    echo.lab.script('reorder');
    expect(await exchange('one\n')).toBe('one\n');
  });

  test('stays within one connection', async () => {
    echo.lab.script('reorder', 'none');
    const held = await connectAndSend('held\n');
    await until(() => echo.lab.time.waiting(1_000) === 1);
    const other = await connectAndSend('other\n');
    expect(await read(other, 6)).toBe('other\n');
    expect(held.bytesRead).toBe(0);
  });
});
