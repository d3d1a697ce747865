import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { refused } from '../../tests/closed-port.ts';
import { balance } from './balance.ts';

/** What the server does with a request: a status, no response in time, no response at all, Ctrl-C meanwhile. */
type Answer = number | 'hang' | 'destroy' | 'interrupt';

const LOGS = '[{"outcome":"200"},\n{"outcome":"403"}]';

let server: Server;
let port: number;
let script: Answer[];
let logs: { answer: Answer; body: string };
let connections: number;
let late: AbortController;
let interrupt: AbortController;

const sleep = jest.fn<Sleep>();

beforeEach(async () => {
  connections = 0;
  logs = { answer: 200, body: LOGS };
  interrupt = new AbortController();
  sleep.mockReset().mockImplementation(async (_milliseconds, signal) => signal.throwIfAborted());
  jest.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    late = new AbortController();
    return late.signal;
  });
  server = createServer((request, response) => {
    const answer = request.url === '/getlogs' ? logs.answer : script.shift();
    if (answer === 'hang') late.abort();
    else if (answer === 'interrupt') interrupt.abort();
    else if (answer === 'destroy') request.socket.destroy();
    else response.writeHead(answer!).end(logs.body);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => {
  jest.restoreAllMocks();
  server.close();
  server.closeAllConnections();
});

/** Runs the command against a server that gives these responses. Returns the exit code and the lines. */
async function run(answers: Answer[], { json = false, requests = answers.length } = {}) {
  script = [...answers];
  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line) } as unknown as Log;
  const options = { address: '127.0.0.1', port, requests, timeout: 10, interval: 0.5, json };
  const code = await balance(options, { log, sleep, interrupted: interrupt.signal });
  return { code, lines };
}

test("prints the lines of the reference client and the server's logs", async () => {
  expect(await run([200, 403, 500, 'hang', 'destroy', 200])).toEqual({
    code: 0,
    lines: [
      '/getbalance response status code: 200',
      '/getbalance response status code: 403',
      '/getbalance response status code: 500',
      '/getbalance request timed out',
      `/getbalance request failed: connection reset: 127.0.0.1:${port} closed it without an answer`,
      '/getbalance response status code: 200',
      `Logs:\n${LOGS}`,
    ],
  });
});

test('pauses for the interval after each request, whatever its result', async () => {
  await run([200, 'hang', 'destroy', 403]);
  expect(sleep.mock.calls).toEqual(Array(4).fill([500, interrupt.signal]));
});

test('has a timeout for each request, that for the logs included', async () => {
  await run([200, 403]);
  expect(jest.spyOn(AbortSignal, 'timeout').mock.calls).toEqual([[10_000], [10_000], [10_000]]);
});

test.each([
  ['one connection for requests with a response', [200, 403, 500, 200], 1],
  ['a new one after a request without a response', [200, 'hang', 200, 'destroy', 200], 3],
] as const)('takes %s', async (_rule, answers, count) => {
  await run([...answers]);
  expect(connections).toBe(count);
});

test('continues when the port is refused, and ends with 1', async () => {
  server.close();
  await once(server, 'close');
  await refused('tcp', port);
  const reason = `connection refused by 127.0.0.1:${port}: nothing listens on that port`;
  expect(await run([200, 200])).toEqual({
    code: 1,
    lines: [
      `/getbalance request failed: ${reason}`,
      `/getbalance request failed: ${reason}`,
      `/getlogs request failed: ${reason}`,
    ],
  });
});

test('ends with 0 when a request reached the server, also without any response', async () => {
  expect(await run(['hang', 'destroy'])).toMatchObject({ code: 0 });
});

test.each([
  ['an error of the server', 500, 'Logs:\nError reading log file'],
  ['no response in time', 'hang', '/getlogs request failed: timed out'],
] as const)('prints %s in place of the logs', async (_what, answer, line) => {
  logs = { answer, body: 'Error reading log file' };
  expect(await run([200])).toEqual({ code: 0, lines: ['/getbalance response status code: 200', line] });
});

describe('interrupted', () => {
  test('in a pause it prints a summary', async () => {
    sleep.mockResolvedValueOnce().mockImplementationOnce(async (_milliseconds, signal) => {
      interrupt.abort();
      signal.throwIfAborted();
    });
    expect(await run([200, 403], { requests: 20 })).toEqual({
      code: 130,
      lines: [
        '/getbalance response status code: 200',
        '/getbalance response status code: 403',
        'Interrupted after 2 of 20 requests: 1 × 200, 1 × 403',
      ],
    });
  });

  test('in a request it does not count that request', async () => {
    const { code, lines } = await run([200, 'hang', 200, 'interrupt'], { requests: 20 });
    expect(code).toBe(130);
    expect(lines.slice(3)).toEqual(['Interrupted after 3 of 20 requests: 2 × 200, 1 × timeout']);
  });

  test('in its first request it has no results to print', async () => {
    expect(await run(['interrupt'])).toEqual({ code: 130, lines: ['Interrupted after 0 of 1 requests'] });
  });

  test('while it waits for the logs it ends too', async () => {
    logs = { answer: 'interrupt', body: '' };
    const { code, lines } = await run([200]);
    expect(code).toBe(130);
    expect(lines.at(-1)).toBe('Interrupted after 1 of 1 requests: 1 × 200');
  });
});

describe('with --json', () => {
  async function objects(answers: Answer[], requests?: number) {
    const { lines } = await run(answers, { json: true, requests });
    return lines.map((line) => JSON.parse(line));
  }

  test('prints an object a line', async () => {
    expect(await objects([200, 'hang', 'destroy'])).toEqual([
      { request: 1, outcome: '200' },
      { request: 2, outcome: 'timeout' },
      { request: 3, outcome: 'failed', reason: expect.stringMatching(/^connection reset: /) },
      { logs: [{ outcome: '200' }, { outcome: '403' }] },
    ]);
  });

  test.each([
    [500, 'Error reading log file'],
    ['hang', { outcome: 'timeout' }],
  ] as const)('prints the result in place of the logs after %s', async (answer, shown) => {
    logs = { answer, body: 'Error reading log file' };
    expect(await objects([200])).toEqual([{ request: 1, outcome: '200' }, { logs: shown }]);
  });

  test('prints its progress when interrupted', async () => {
    expect(await objects([200, 'hang', 'interrupt'], 20)).toEqual([
      { request: 1, outcome: '200' },
      { request: 2, outcome: 'timeout' },
      { interrupted: true, requests: 2, 200: 1, timeout: 1 },
    ]);
  });
});
