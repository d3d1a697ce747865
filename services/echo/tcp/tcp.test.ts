import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { LONGEST_MESSAGE } from '#lib/message/framing.ts';
import { read, until } from '../testing.ts';
import { useTcpEcho } from './testing.ts';

const echo = useTcpEcho();

afterEach(() => void jest.restoreAllMocks());

/** A client that has sent these segments. The server has read all of them. */
async function connectAndSend(...segments: string[]) {
  const client = await echo.tcp.connect();
  for (const segment of segments) await send(client, segment);
  return client;
}

function serverOf(client: Socket) {
  return echo.tcp.served.find(({ remotePort }) => remotePort === client.localPort)!;
}

async function send(client: Socket, segment: string) {
  const server = serverOf(client);
  client.write(segment, 'latin1');
  await until(() => server.bytesRead === client.bytesWritten);
}

/** Closes the side of a client, and returns when the server has noticed it. */
async function end(client: Socket) {
  client.end();
  await until(() => serverOf(client).readableEnded);
}

async function bodies() {
  return (await echo.lab.entries()).map(({ length, tag }) => [length, tag]);
}

describe('a message comes back', () => {
  test.each([
    ['a plain line', 'Hey\n'],
    ['a plain line with CRLF', 'Hey\r\n'],
    ['a tagged message', 'Hey|e4599fa9'],
    ['a tagged line', 'Hey|e4599fa9\n'],
    ['bytes that are not UTF-8', '\xff\0\xc3(\xed\xa0\x80\n'],
    ['an empty line', '\n'],
    ['several messages in one segment', 'one\nHey|e4599fa9Test3|5e595222\r\ntwo\n'],
    ['the longest message', `${'x'.repeat(LONGEST_MESSAGE - 1)}\n`],
  ])('while the connection stays open: %s', async (_what, text) => {
    const client = await echo.tcp.connect();
    client.write(text, 'latin1');
    expect(await read(client, text.length)).toBe(text);
    expect(client.readyState).toBe('open');
  });

  test.each([
    ['a line', 'one\n'],
    ['a message without an end', 'one\ntwo'],
    ['a wrong tag', 'Hey|00000000'],
    ['nothing', ''],
  ])('to a client that has closed its side: %s', async (_what, text) => {
    const client = await echo.tcp.connect();
    expect(String(await buffer(client.end(text)))).toBe(text);
  });

  test.each([
    ['in its body', ['He', 'y\n'], [[3, undefined]]],
    ['in its tag', ['Hey|e45', '99fa9'], [[3, 'e4599fa9']]],
    ['before its line ending', ['Hey|e4599fa9', '\r', '\n'], [[3, 'e4599fa9']]],
  ])('as one when it is cut %s', async (_where, segments, entries) => {
    const client = await connectAndSend(...segments);
    const whole = segments.join('');
    expect(await read(client, whole.length)).toBe(whole);
    expect(await bodies()).toEqual(entries);
  });

  test('to the reference client, which sends no newline and reads 1,024 bytes', async () => {
    const client = await echo.tcp.connect();
    for (const text of ['Hey|e4599fa9', 'Test3|5e595222']) {
      client.write(text);
      expect(String(await once(client, 'data'))).toBe(text);
    }
  });

  test('when its decision is in the journal, and not before', async () => {
    const { promise: journaled, resolve } = Promise.withResolvers<void>();
    jest.spyOn(echo.lab.parts.journal, 'append').mockReturnValueOnce(journaled);
    const client = await connectAndSend('Hey\n');
    const other = await connectAndSend('other\n');
    expect(await read(other, 6)).toBe('other\n');
    expect(client.bytesRead).toBe(0);
    resolve();
    expect(await read(client, 4)).toBe('Hey\n');
  });
});

describe('a wrong tag', () => {
  test('ends a message when nothing follows for 50 ms', async () => {
    const client = await connectAndSend('Hey|00000000');
    await echo.lab.time.pass(50);
    expect(await read(client, 12)).toBe('Hey|00000000');
    expect(await bodies()).toEqual([[3, '00000000']]);
  });

  test('ends no message when more follows', async () => {
    const client = await connectAndSend('Hey|00000000');
    await until(() => echo.lab.time.waiting(50) === 1);
    await send(client, 'x\n');
    expect(await read(client, 14)).toBe('Hey|00000000x\n');
    expect(echo.lab.time.waiting(50)).toBe(0);
    expect(await bodies()).toEqual([[13, undefined]]);
  });

  test.each([
    ['stays open', false],
    ['has closed its side', true],
  ])('is followed by messages that arrive during its delay, for a client that %s', async (_which, ends) => {
    echo.lab.script('delay', 'none');
    const client = await connectAndSend('Hey|00000000');
    await echo.lab.time.pass(50);
    await until(() => echo.lab.time.waiting(1_450) === 1);
    await send(client, 'next\n');
    if (ends) await end(client);
    await echo.lab.time.pass(1_450);
    expect(await read(client, 12)).toBe('Hey|00000000');
    expect(await read(client, 5)).toBe('next\n');
  });
});

describe('a message that is too long', () => {
  test('gets an error line, and the connection ends', async () => {
    const client = await connectAndSend('one\n', 'x'.repeat(LONGEST_MESSAGE + 1));
    expect(String(await buffer(client))).toBe(
      `one\nmessage too long: more than ${LONGEST_MESSAGE} bytes without an end\n`,
    );
    expect(await bodies()).toEqual([[3, undefined]]);
  });

  test('gets it even when the client is still sending', async () => {
    const client = await echo.tcp.connect();
    client.write('x'.repeat(4 * 2 ** 20));
    expect(String(await buffer(client))).toMatch(/^message too long/);
  });
});

describe('answers', () => {
  test('are sent in the order of their messages, whatever their delays are', async () => {
    echo.lab.script('delay', 'none', 'delay');
    const client = await connectAndSend('one\ntwo\n', 'three\n');
    await until(() => echo.lab.time.waiting(1_500) === 1);
    expect(client.bytesRead).toBe(0);
    await echo.lab.time.pass(1_500);
    expect(await read(client, 8)).toBe('one\ntwo\n');
    await until(() => echo.lab.time.waiting(1_500) === 1);
    await echo.lab.time.pass(1_500);
    expect(await read(client, 6)).toBe('three\n');
    expect(echo.lab.time.delays).toEqual([1_500, 1_500]);
  });

  test('stop when the client disconnects during a delay, also with a wrong tag after its message', async () => {
    echo.lab.script('delay');
    const client = await connectAndSend('one\nHey|00000000');
    await until(() => echo.lab.time.waiting(1_500) === 1);
    client.resetAndDestroy();
    await until(() => echo.lab.time.waiting(1_500) === 0);
    // The lines after that belong to the message of another client.
    const other = await connectAndSend('two\n');
    await until(() => echo.lab.time.waiting(1_500) === 1);
    await echo.lab.time.pass(1_500);
    expect(await read(other, 4)).toBe('two\n');
    expect(echo.lab.time.delays).toEqual([1_500, 1_500]);
  });

  test('are delayed on their own connection only', async () => {
    echo.lab.script('delay', 'none');
    const slow = await connectAndSend('slow\n');
    const quick = await connectAndSend('quick\n');
    expect(await read(quick, 6)).toBe('quick\n');
    expect(slow.bytesRead).toBe(0);
    await echo.lab.time.pass(1_500);
    expect(await read(slow, 5)).toBe('slow\n');
  });

  test('end with their client', async () => {
    echo.lab.script('delay');
    const client = await connectAndSend('one\ntwo\n');
    await until(() => echo.lab.time.waiting(1_500) === 1);
    client.resetAndDestroy();
    await until(() => echo.lab.time.waiting(1_500) === 0);
    expect(await bodies()).toHaveLength(1);
  });

  test('are replaced by an error line while the journal can not be written', async () => {
    jest.spyOn(echo.lab.parts.journal, 'append').mockRejectedValueOnce(new Error('ENOSPC'));
    const client = await echo.tcp.connect();
    expect(String(await buffer(client.end('one\ntwo\n')))).toBe('Error writing log file\ntwo\n');
    expect(echo.lab.errors).toEqual(["the journal can't be written: Error: ENOSPC"]);
  });
});

test('serves others when a client resets its connection', async () => {
  (await connectAndSend('one\n')).resetAndDestroy();
  await until(() => echo.tcp.served[0]!.destroyed);
  expect(String(await buffer((await echo.tcp.connect()).end('next')))).toBe('next');
});

test('reads little from a client that reads nothing, and answers everything when the client reads', async () => {
  const line = `${'x'.repeat(LONGEST_MESSAGE - 1)}\n`;
  const sent = Buffer.from(line.repeat(400));
  const client = await echo.tcp.connect();
  const server = echo.tcp.served[0]!;
  client.end(sent);
  let most = 0;
  for (let still = 0, before = 0; still < 200; still += 1) {
    await new Promise(setImmediate);
    most = Math.max(most, server.bytesRead - server.bytesWritten + server.writableLength);
    if (server.bytesRead !== before) still = 0;
    before = server.bytesRead;
  }
  expect(server.isPaused()).toBe(true);
  expect(most).toBeLessThan(2 ** 19);
  expect((await buffer(client)).equals(sent)).toBe(true);
});

test('prints the lines of the reference server', async () => {
  const client = await echo.tcp.connect();
  const { localPort } = client;
  await buffer(client.end('Hey\n'));
  await until(() => echo.lab.said.length === 4);
  expect(echo.lab.said).toEqual([
    `[TCP SERVER] Connection from ('127.0.0.1', ${localPort})\n`,
    '[TCP SERVER] Message Received: Hey\n[SERVER] No fault.',
    '[TCP SERVER] Sent response.\n',
    '[TCP SERVER] Client disconnected\n[MAIN] Waiting...',
  ]);
});
