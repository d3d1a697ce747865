import { once } from 'node:events';
import { buffer } from 'node:stream/consumers';
import { expect, test } from '@jest/globals';
import { LONGEST_MESSAGE } from '#lib/message/framing.ts';
import { read, until } from '../testing.ts';
import { useTcpEcho } from './testing.ts';

const echo = useTcpEcho({ overTls: true });

test.each([
  ['a tagged message', 'Hey|e4599fa9'],
  ['bytes that are not UTF-8', '\xff\0\xc3(\xed\xa0\x80\n'],
  ['several messages in one record', 'one\nHey|e4599fa9Test3|5e595222\r\ntwo\n'],
  ['the longest message', `${'x'.repeat(LONGEST_MESSAGE - 1)}\n`],
])('a message comes back while the connection stays open: %s', async (_what, text) => {
  const client = await echo.tcp.connect();
  client.write(text, 'latin1');
  expect(await read(client, text.length)).toBe(text);
  expect(client.readyState).toBe('open');
});

test('a message without an end comes back to a client that has closed its side', async () => {
  const client = await echo.tcp.connect();
  expect(String(await buffer(client.end('one\ntwo')))).toBe('one\ntwo');
});

test('a wrong tag ends a message when nothing follows for 50 ms', async () => {
  const client = await echo.tcp.connect();
  client.write('Hey|00000000');
  await echo.lab.time.pass(50);
  expect(await read(client, 12)).toBe('Hey|00000000');
});

test('a decision is journaled with the TLS version at the end', async () => {
  const client = await echo.tcp.connect();
  client.write('Hey|e4599fa9');
  await read(client, 12);
  const [entry] = await echo.lab.entries();
  expect(Object.entries(entry!).slice(-10)).toEqual([
    ['protocol', 'tcp'],
    ['length', 3],
    ['tag', 'e4599fa9'],
    ['at', 0],
    ['bytes', 12],
    ['answer_at', 0],
    ['wire_from', expect.any(Number)],
    ['wire_to', expect.any(Number)],
    ['wire_answer_at', expect.any(Number)],
    ['tls', 'TLSv1.3'],
  ]);
  expect(entry).toMatchObject({ client_ip: '127.0.0.1', client_port: client.localPort });
});

test('a delay holds the echo back, and stops its timer when the client disconnects', async () => {
  echo.lab.script('delay');
  const client = await echo.tcp.connect();
  client.write('one\n');
  await echo.lab.time.pass(1_500);
  expect(await read(client, 4)).toBe('one\n');
  client.write('two\n');
  await until(() => echo.lab.time.waiting(1_500) === 1);
  echo.tcp.reset(client);
  await until(() => echo.lab.time.waiting(1_500) === 0);
});

test('a reset is a reset for the client too', async () => {
  echo.lab.script('reset');
  const client = await echo.tcp.connect();
  const failed = once(client, 'error');
  client.write('one\n');
  expect(await failed).toEqual([expect.objectContaining({ code: 'ECONNRESET' })]);
  expect(await echo.lab.entries()).toMatchObject([{ fault: 'reset', tls: 'TLSv1.3' }]);
});

test('a message that is too long gets an error line, and the connection ends', async () => {
  const client = await echo.tcp.connect();
  client.write(`one\n${'x'.repeat(LONGEST_MESSAGE + 1)}`);
  expect(String(await buffer(client))).toBe(
    `one\nmessage too long: more than ${LONGEST_MESSAGE} bytes without an end\n`,
  );
});

test('more bytes than the connections buffer come back complete and in order to a client that reads late', async () => {
  const lines = Array.from({ length: 24 }, (_, index) => `${`${index} `.repeat(16_000)}\n`);
  const sent = Buffer.from(lines.join(''));
  const client = await echo.tcp.connect();
  client.end(sent);
  await until(() => echo.tcp.served[0]!.isPaused());
  expect((await buffer(client)).equals(sent)).toBe(true);
});

test('the line of a connection names the version', async () => {
  const client = await echo.tcp.connect();
  const { localPort } = client;
  await buffer(client.end('Hey\n'));
  await until(() => echo.lab.said.length === 4);
  expect(echo.lab.said).toEqual([
    `[TCP SERVER] Connection from ('127.0.0.1', ${localPort}) by TLSv1.3\n`,
    '[TCP SERVER] Message Received: Hey\n[SERVER] No fault.',
    '[TCP SERVER] Sent response.\n',
    '[TCP SERVER] Client disconnected\n[MAIN] Waiting...',
  ]);
});
