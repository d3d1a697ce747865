import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { encodeMessage } from '#lib/message/message.ts';
import { refused } from '../../tests/closed-port.ts';
import { seed, useScriptedServer } from '../testing.ts';

const server = useScriptedServer();
const message = 'Hey';
const { ready, valid, lost, closed } = seed;

describe('the transcripts of the reference client', () => {
  test('no fault', async () => {
    expect(await server.run([], { message })).toEqual({
      code: 0,
      lines: [server.connected(), ready, '[CLIENT] Attempts: 1', ...valid, closed],
    });
    expect(server.received).toEqual(['Hey|e4599fa9']);
  });

  test('three losses', async () => {
    expect(await server.run(Array(3).fill('error_code'), { message })).toEqual({
      code: 1,
      lines: [
        server.connected(),
        ready,
        ...[1, 2, 3].flatMap((attempt) => [`[CLIENT] Attempts: ${attempt}`, ...lost]),
        closed,
      ],
    });
  });

  test('a timeout, then the echo', async () => {
    expect(await server.run(['timeout'], { message })).toEqual({
      code: 0,
      lines: [
        server.connected(),
        ready,
        '[CLIENT] Attempts: 1',
        '[CLIENT] Timeout, retrying...',
        '[CLIENT] Attempts: 2',
        ...valid,
        closed,
      ],
    });
    expect(server.connections).toBe(1);
  });

  test('a corruption, with --reference', async () => {
    const corrupted = Buffer.from('\xabest3|5e595222', 'latin1');
    expect(await server.run([corrupted], { message: 'Test3', reference: true })).toEqual({
      code: 1,
      lines: [
        server.connected(),
        '[CLIENT] Message is ready to send: (Test3|5e595222)',
        '[CLIENT] Attempts: 1',
        '[CLIENT] Message received: \ufffdest3|5e595222',
        '[CLIENT] Current: 86e1ea1e & Original: 5e595222',
        '[CLIENT] Checksum mismatch (possible corruption)',
        closed,
      ],
    });
  });
});

test('a mismatch is retried', async () => {
  const { code, lines } = await server.run(['Hez|e4599fa9'], { message });
  expect(code).toBe(0);
  expect(lines.slice(3)).toEqual([
    '[CLIENT] Message received: Hez|e4599fa9',
    expect.stringMatching(/^\[CLIENT\] Current: [0-9a-f]{8} & Original: e4599fa9$/),
    '[CLIENT] Checksum mismatch (possible corruption)',
    '[CLIENT] Attempts: 2',
    ...valid,
    closed,
  ]);
});

test.each([
  ['reset', 'reset'],
  ['close', 'closed'],
] as const)('after a %s it connects again', async (action, how) => {
  const { code, lines } = await server.run([action], { message });
  expect(code).toBe(0);
  expect(lines.slice(2, 6)).toEqual([
    '[CLIENT] Attempts: 1',
    `[CLIENT] Connection ${how} by server, retrying...`,
    server.connected(),
    '[CLIENT] Attempts: 2',
  ]);
  expect(server.connections).toBe(2);
});

test('an echo of another message is ignored, and the client waits for the right one', async () => {
  const old = String(encodeMessage('old'));
  const { code, lines } = await server.run([`${old}Hey|e4599fa9`], { message });
  expect(code).toBe(0);
  expect(lines.slice(3)).toEqual([
    `[CLIENT] Message received: ${old}`,
    expect.stringMatching(/^\[CLIENT\] Current: /),
    '[CLIENT] Late answer to another message, ignored',
    ...valid,
    closed,
  ]);
});

test('a reply that arrived before the message was sent is not its echo', async () => {
  async function* texts() {
    yield 'Hey';
    // The notice has arrived after the first echo.
    yield 'Hey';
  }
  const { lines } = await server.run(['Hey|e4599fa9error_code'], {}, { lines: texts() });
  expect(lines.slice(6, 8)).toEqual([
    '[CLIENT] Late answer to an earlier message, ignored: error_code',
    ready,
  ]);
});

test('with --backoff it waits longer before each further attempt', async () => {
  await server.run(['x\n', 'x\n', 'x\n', 'x\n'], { message, retries: 5, backoff: true });
  expect(server.sleep.mock.calls.map(([milliseconds]) => milliseconds)).toEqual([100, 200, 400, 800]);
});

test('a refused connection ends it with 1', async () => {
  await once(server.server.close(), 'close');
  await refused('tcp', server.port);
  const reason = `connection refused by 127.0.0.1:${server.port}: nothing listens on that port`;
  expect(await server.run([], { message })).toEqual({
    code: 1,
    lines: [`[CLIENT] Connection error: ${reason}`],
  });
  expect(await server.run([], { message, json: true })).toEqual({
    code: 1,
    lines: [`{"error":"${reason}"}`],
  });
});

test('a server that stops for good uses up the remaining attempts', async () => {
  const { code, lines } = await server.run(['leave'], { message });
  expect(code).toBe(1);
  expect(
    lines.filter((line) => line.startsWith('[CLIENT] Connection error: connection refused')),
  ).toHaveLength(2);
});

describe('a server that behaves like the reference server', () => {
  test('and loses the bytes after an echo costs a timeout', async () => {
    expect((await server.run(['error_code', 'timeout', 'echo'], { message })).code).toBe(0);
  });

  test('and never answers on UDP is given up, or with --reference not awaited', async () => {
    const silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const given = { message: 'Test4', protocol: 'udp', port: silent.address().port, timeout: 0.05 } as const;
    const first = [
      `[CLIENT] Ready to send to 127.0.0.1:${given.port} via UDP`,
      '[CLIENT] Message is ready to send: (Test4|1c77599f)',
      '[CLIENT] Attempts: 1',
    ];
    const waited = await server.run([], given);
    expect(waited.code).toBe(1);
    expect(waited.lines.filter((line) => line === '[CLIENT] Timeout, retrying...')).toHaveLength(3);
    expect(await server.run([], { ...given, reference: true })).toEqual({ code: 0, lines: first });
    silent.close();
  });
});

describe('on UDP', () => {
  test('a closed port is reported', async () => {
    const gone = createSocket('udp4').bind(0, '127.0.0.1');
    await once(gone, 'listening');
    const { port: closedPort } = gone.address();
    await new Promise<void>((resolve) => gone.close(resolve));
    await refused('udp', closedPort);
    const { code, lines } = await server.run([], { message, protocol: 'udp', port: closedPort });
    expect(code).toBe(1);
    expect(lines).toContain('[CLIENT] Connection refused by server, retrying...');
  });
});
