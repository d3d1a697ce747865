import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm, unlink } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { boundOf } from '#lib/bounds/testing.ts';
import { Faults } from '#lib/faults/faults.ts';
import { Journal } from '#lib/journal/journal.ts';
import type { Entry } from '#lib/journal/schema.ts';
import type { Log } from '#lib/runtime/log.ts';
import { Draws } from '#lib/runtime/random.ts';
import { type Sleep, sleep as waitFor } from '#lib/runtime/sleep.ts';
import { createApp } from './app.ts';
import { Exchanges } from './exchanges.ts';
import { DEFAULT_PROFILE, outcomes } from './outcomes.ts';

const sleep = jest.fn<Sleep>();
const error = jest.fn();
const warn = jest.fn();
const exceeded = jest.fn<(setting: string) => void>();
const logReaders = boundOf('HTTP_MAX_LOG_READERS', 3, 2, exceeded);
const READ_SECONDS = 7;

let directory: string;
let journal: Journal<Entry>;
let faults: Faults<'timeout' | '403' | '500' | '200'>;
let held: WeakSet<Socket>;
let server: Server;
let port: number;
let url: string;

beforeEach(async () => {
  sleep.mockReset().mockResolvedValue();
  error.mockReset();
  warn.mockReset();
  exceeded.mockReset();
  directory = await mkdtemp(join(tmpdir(), 'wirelab-'));
  journal = await Journal.open(join(directory, 'http.log'));
  faults = new Faults('http', outcomes, { profile: { kind: 'probabilities', of: new Map() }, seed: 'alice' });
  const log = { error, warn } as unknown as Log;
  const now = () => new Date('2025-01-02T03:04:05.006Z');
  held = new WeakSet();
  server = createServer(
    createApp({
      faults,
      journal,
      exchanges: new Exchanges(),
      log,
      sleep,
      now,
      timeoutSeconds: 15,
      logReaders,
      readSeconds: READ_SECONDS,
      held,
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
  url = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await journal.close();
  await rm(directory, { recursive: true });
});

function setFaults(profile: string) {
  faults.prepare({ profile })();
}

async function ask(path: string, method = 'GET') {
  const response = await fetch(url + path, { method, headers: { connection: 'close' } });
  const { status, statusText: reason, headers } = response;
  return { status, reason, type: headers.get('content-type'), body: await response.text() };
}

function fileOfJournal() {
  return readFileSync(journal.path, 'utf8');
}

/** A new connection with a request for a path. */
function connectAndAsk(path = '/getbalance', localAddress = '127.0.0.1') {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  socket.write(`GET ${path} HTTP/1.1\r\nHost: lab\r\n\r\n`);
  return socket;
}

/** Keeps every call of a mock waiting until it is released. */
function holdUp(mock: { mockImplementation(call: () => Promise<void>): unknown }) {
  const { promise: called, resolve: call } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  mock.mockImplementation(() => {
    call();
    return released;
  });
  return { called, release };
}

/** A journal longer than all buffers on the way to its reader. The buffers differ from machine to machine. */
function serveEndlessJournal() {
  return jest.spyOn(journal, 'toJsonArray').mockImplementation(async () => Readable.from(endless()));
}

function* endless() {
  while (true) yield 'x'.repeat(2 ** 16);
}

function connectionsOfServer(): Promise<number> {
  return promisify(server.getConnections).call(server);
}

/** Ends the only connection, and returns when the server has noticed it. */
async function leave(socket: Socket) {
  socket.resetAndDestroy();
  while ((await connectionsOfServer()) > 0) await new Promise(setImmediate);
}

describe('/getbalance', () => {
  test.each([
    ['none', 200, 'OK', 'text/html', /<h1>Your Balance<\/h1>\n<p>\$9999<\/p>/],
    ['403=1', 403, 'Forbidden', null, /^Forbidden$/],
    ['500=1', 500, 'Internal Server Error', null, /^Internal Server Error$/],
  ])('with faults %s responds with %d %s', async (profile, status, reason, type, body) => {
    setFaults(profile);
    expect(await ask('/getbalance')).toEqual({ status, reason, type, body: expect.stringMatching(body) });
  });

  test('sends only the headers of HTTP and the type', async () => {
    const { headers } = await fetch(`${url}/getbalance`);
    expect([...headers.keys()]).toEqual([
      'connection',
      'content-length',
      'content-type',
      'date',
      'keep-alive',
    ]);
  });

  test('journals the keys of the reference server and five more before it responds', async () => {
    setFaults('403=1');
    journal.nextId();
    const socket = connectAndAsk();
    await once(socket, 'data');
    expect(fileOfJournal()).toBe(
      '{"timestamp":"2025-01-02T03:04:05.006Z","client_ip":"127.0.0.1","outcome":"403",' +
        `"id":2,"client_port":${socket.localPort},"request":1,"exchange":1,"answer_at":0}\n`,
    );
    socket.destroy();
  });

  test('does not respond before the entry is in the journal', async () => {
    const append = holdUp(jest.spyOn(journal, 'append'));
    const socket = connectAndAsk();
    await append.called;
    await ask('/another');
    expect(socket.bytesRead).toBe(0);
    append.release();
    expect(String(await once(socket, 'data'))).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    socket.destroy();
  });

  test('responds with 500 when the entry can not be written, and serves the next request', async () => {
    const full = new Error('no space left on device');
    jest.spyOn(journal, 'append').mockRejectedValueOnce(full);
    expect(await ask('/getbalance')).toEqual({
      status: 500,
      reason: 'Internal Server Error',
      type: null,
      body: 'Error writing log file',
    });
    expect(error.mock.calls).toEqual([[`a request failed: ${full}`]]);
    expect(await ask('/getbalance')).toMatchObject({ status: 200 });
  });

  test('holds a timeout for its time and then closes without a byte', async () => {
    setFaults('timeout=1');
    const { called, release } = holdUp(sleep);
    const socket = connectAndAsk();
    const received = buffer(socket);
    await called;
    expect(sleep.mock.calls).toEqual([[15_000, expect.any(AbortSignal)]]);
    await ask('/another');
    expect(socket.readyState).toBe('open');
    release();
    expect(await received).toHaveLength(0);
    expect(fileOfJournal()).toMatch('"outcome":"timeout"');
  });

  test('ends a timeout early when the client disconnects', async () => {
    setFaults('timeout=1');
    const aborted = Promise.withResolvers<void>();
    sleep.mockImplementation((milliseconds, signal) => {
      signal.addEventListener('abort', () => aborted.resolve());
      socket.destroy();
      return waitFor(milliseconds, signal);
    });
    const socket = connectAndAsk();
    await aborted.promise;
    expect(await connectionsOfServer()).toBe(0);
    expect(error).not.toHaveBeenCalled();
  });

  test('does not hold a timeout for a client that disconnected before', async () => {
    setFaults('timeout=1');
    const append = holdUp(jest.spyOn(journal, 'append'));
    const socket = connectAndAsk();
    await append.called;
    await leave(socket);
    append.release();
    await ask('/another');
    expect(sleep).not.toHaveBeenCalled();
  });

  test("has the outcomes that the draws give with the reference server's probabilities, in their order", async () => {
    setFaults(DEFAULT_PROFILE);
    const expected = Array.from({ length: 30 }, (_, index) => {
      const number = new Draws('alice', 'http').at(index + 1);
      const outcome = number < 0.2 ? 'timeout' : number < 0.4 ? '403' : number < 0.5 ? '500' : '200';
      return { outcome, id: index + 1, request: index + 1 };
    });
    for (const { outcome } of expected) {
      const seen = ask('/getbalance').then(({ status }) => String(status));
      expect(await seen.catch(() => 'timeout')).toBe(outcome);
    }
    expect(JSON.parse((await ask('/getlogs')).body)).toMatchObject(expected);
  });

  test('has the outcomes of a script, again and again', async () => {
    setFaults('script:403,500,none');
    const statuses = [];
    for (let count = 0; count < 4; count += 1) statuses.push((await ask('/getbalance')).status);
    expect(statuses).toEqual([403, 500, 200, 403]);
  });
});

describe('/getlogs', () => {
  test('is the file of the journal as a JSON array', async () => {
    for (const profile of ['none', '403=1', '500=1']) {
      setFaults(profile);
      await ask('/getbalance');
    }
    expect(await ask('/getlogs')).toEqual({
      status: 200,
      reason: 'OK',
      type: 'application/json',
      body: `[${fileOfJournal().trimEnd().replaceAll('\n', ',\n')}]`,
    });
  });

  test('is an empty array before the first request', async () => {
    expect(await ask('/getlogs')).toMatchObject({ status: 200, body: '[]' });
  });

  test('is no error, and closes the file, when the client disconnects in the middle', async () => {
    const toJsonArray = serveEndlessJournal();
    const socket = connectAndAsk('/getlogs');
    await once(socket, 'data');
    await leave(socket);
    await ask('/another');
    expect(await toJsonArray.mock.results[0]!.value).toMatchObject({ destroyed: true });
    expect(error).not.toHaveBeenCalled();
  });

  test('is no error, and closes the file, when the client disconnects before it begins', async () => {
    const { promise: read, resolve } = Promise.withResolvers<Readable>();
    const toJsonArray = journal.toJsonArray.bind(journal);
    jest.spyOn(journal, 'toJsonArray').mockImplementation(async () => {
      await leave(socket);
      const entries = await toJsonArray();
      resolve(entries);
      return entries;
    });
    const socket = connectAndAsk('/getlogs');
    const entries = await read;
    if (!entries.closed) await once(entries, 'close');
    await ask('/another');
    expect(error).not.toHaveBeenCalled();
  });

  test('is cut off when the client does not read it in time', async () => {
    const late = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    try {
      serveEndlessJournal();
      const socket = connectAndAsk('/getlogs');
      await once(socket, 'readable');
      late.abort();
      await once(socket.resume(), 'close');
      expect(timeout).toHaveBeenCalledWith(READ_SECONDS * 1_000);
      expect(warn.mock.calls).toEqual([
        ['127.0.0.1 did not read /getlogs within 7 s: the response was cut off'],
      ]);
      expect(error).not.toHaveBeenCalled();
    } finally {
      timeout.mockRestore();
    }
  });

  describe('while the allowed number of clients read it', () => {
    let readers: Socket[];
    let read: jest.SpiedFunction<Journal['toJsonArray']>;

    beforeEach(async () => {
      await appendFile(journal.path, `{"text":"${'x'.repeat(2 ** 22)}"}\n`);
      read = jest.spyOn(journal, 'toJsonArray');
      readers = [connectAndAsk('/getlogs'), connectAndAsk('/getlogs')];
      for (const reader of readers) await once(reader, 'readable');
    });
    afterEach(() => {
      for (const reader of readers) reader.destroy();
    });

    test('is 503 with its reason, and opens no file', async () => {
      expect(await ask('/getlogs')).toEqual({
        status: 503,
        reason: 'Service Unavailable',
        type: null,
        body: 'too many readers of /getlogs: 2 of this client are reading (HTTP_MAX_LOG_READERS_PER_CLIENT)\n',
      });
      expect(read).toHaveBeenCalledTimes(2);
      expect(exceeded.mock.calls).toEqual([['HTTP_MAX_LOG_READERS_PER_CLIENT']]);
      expect(await ask('/getbalance')).toMatchObject({ status: 200 });
    });

    test('is read by another client, until all places are taken', async () => {
      const other = connectAndAsk('/getlogs', '127.0.0.2');
      readers.push(other);
      await once(other, 'readable');
      expect(String(other.read(17))).toBe('HTTP/1.1 200 OK\r\n');
      const refused = connectAndAsk('/getlogs', '127.0.0.3');
      readers.push(refused);
      expect(String((await once(refused, 'data'))[0])).toContain(
        'too many readers of /getlogs: 3 are reading (HTTP_MAX_LOG_READERS)\n',
      );
      expect(exceeded.mock.calls).toEqual([['HTTP_MAX_LOG_READERS']]);
    });

    test('counts no client as refused that disconnects while it waits', async () => {
      const { promise: waits, resolve } = Promise.withResolvers<void>();
      const left = Promise.withResolvers<void>();
      sleep.mockImplementation((milliseconds, signal) => {
        signal.addEventListener('abort', () => left.resolve());
        resolve();
        return waitFor(milliseconds, signal);
      });
      const waiting = connectAndAsk('/getlogs');
      await waits;
      waiting.resetAndDestroy();
      await left.promise;
      await ask('/another');
      expect(exceeded).not.toHaveBeenCalled();
    });

    test('is read by the client that has waited when a reader ends', async () => {
      read.mockRestore();
      const { called } = holdUp(sleep);
      const asked = ask('/getlogs');
      await called;
      readers[0]!.resetAndDestroy();
      expect(await asked).toMatchObject({ status: 200 });
      expect(exceeded).not.toHaveBeenCalled();
    });
  });

  test('is read once at a time on a connection with many requests for it', async () => {
    const read = serveEndlessJournal();
    const socket = connect(port, '127.0.0.1');
    socket.write('GET /getlogs HTTP/1.1\r\nHost: lab\r\n\r\n'.repeat(9));
    await once(socket, 'readable');
    await ask('/another');
    expect(read).toHaveBeenCalledTimes(1);
    await leave(socket);
    expect(error).not.toHaveBeenCalled();
  });

  test('is an error when the file is gone', async () => {
    await unlink(journal.path);
    expect(await ask('/getlogs')).toEqual({
      status: 500,
      reason: 'Internal Server Error',
      type: null,
      body: 'Error reading log file',
    });
    expect(error).toHaveBeenCalledWith(expect.stringContaining('ENOENT'));
  });
});

test('/ is a page, without a draw and without an entry', async () => {
  expect(await ask('/')).toMatchObject({ status: 200, type: 'text/html; charset=utf-8' });
  expect(faults.status().draws).toBe(0);
  expect(fileOfJournal()).toBe('');
});

test.each([
  ['HEAD', '/'],
  ['POST', '/'],
  ['GET', '/getbalance/'],
  ['GET', '/GetBalance'],
  ['GET', '/getbalance/x'],
  ['GET', '/%ff'],
  ['POST', '/getbalance'],
  ['OPTIONS', '/getbalance'],
  ['HEAD', '/getbalance'],
  ['HEAD', '/getlogs'],
  ['HEAD', '/%ff'],
])('%s %s is not found, without a draw', async (method, path) => {
  expect(await ask(path, method)).toEqual({
    status: 404,
    reason: 'File not found',
    type: null,
    body: method === 'HEAD' ? '' : 'File not found',
  });
  expect(faults.status().draws).toBe(0);
  expect(fileOfJournal()).toBe('');
});

test('a target without a path is not found', async () => {
  const socket = connect(port, '127.0.0.1');
  socket.end('GET http://[ HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n');
  expect(String(await buffer(socket))).toMatch(
    /^HTTP\/1\.1 404 File not found\r\n[\s\S]*\r\n\r\nFile not found$/,
  );
});
