import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  request,
  type Server,
} from 'node:http';
import { createServer as createTlsServer, request as requestTls } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { boundOf } from '#lib/bounds/testing.ts';
import { Faults } from '#lib/faults/faults.ts';
import { Journal } from '#lib/journal/journal.ts';
import type { Entry } from '#lib/journal/schema.ts';
import type { Log } from '#lib/runtime/log.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { ca, openTestTls, type TestTls } from '#lib/tls/testing.ts';
import { createApp } from './app.ts';
import type { Secrets } from './authorize.ts';
import { Exchanges } from './exchanges.ts';
import { outcomes } from './outcomes.ts';

const token = 'opensesame';
const basic = 'jürgen:swordfish';
const bearer = { authorization: `Bearer ${token}` };
const login = { authorization: `Basic ${Buffer.from(basic).toString('base64')}` };

const sleep = jest.fn<Sleep>();
const logged: string[] = [];
const logReaders = boundOf('HTTP_MAX_LOG_READERS', 2);

let directory: string;
let journal: Journal<Entry>;
let faults: Faults<'timeout' | '403' | '500' | '200'>;
let server: Server;
let tls: TestTls | undefined;

beforeEach(async () => {
  logged.length = 0;
  tls = undefined;
  directory = await mkdtemp(join(tmpdir(), 'wirelab-'));
  journal = await Journal.open(join(directory, 'http.log'));
  faults = new Faults('http', outcomes, { profile: { kind: 'probabilities', of: new Map() }, seed: 'alice' });
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await tls?.close();
  await journal.close();
  await rm(directory, { recursive: true });
});

async function serve(secrets: Secrets | undefined, create: (app: RequestListener) => Server = createServer) {
  const say = (line: string) => logged.push(line);
  const log = { warn: say, error: say } as unknown as Log;
  const now = () => new Date('2025-01-02T03:04:05.006Z');
  server = create(
    createApp({
      faults,
      journal,
      exchanges: new Exchanges(),
      log,
      sleep,
      now,
      timeoutSeconds: 15,
      readSeconds: 60,
      logReaders,
      held: new WeakSet(),
      ...(secrets && { secrets }),
    }),
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
}

async function ask(path: string, { method = 'GET', headers = {} as IncomingHttpHeaders } = {}) {
  const { port } = server.address() as AddressInfo;
  const send = tls ? requestTls : request;
  const asking = send({
    host: '127.0.0.1',
    port,
    path,
    method,
    headers,
    ca,
    agent: tls ? undefined : new Agent(),
  });
  const [answer] = await once(asking.end(), 'response');
  return {
    status: answer.statusCode as number,
    reason: answer.statusMessage as string,
    headers: answer.headersDistinct as Record<string, string[]>,
    body: await text(answer),
    port: asking.socket!.localPort,
  };
}

function fileOfJournal() {
  return readFileSync(journal.path, 'utf8');
}

describe('a request without valid credentials', () => {
  beforeEach(() => serve({ token, basic }));

  test('gets 401 with the accepted schemes, and nothing else', async () => {
    const { status, reason, headers, body } = await ask('/getbalance');
    expect({ status, reason, body }).toEqual({ status: 401, reason: 'Unauthorized', body: 'Unauthorized' });
    expect(headers).toEqual({
      'www-authenticate': ['Bearer realm="wirelab"', 'Basic realm="wirelab", charset="UTF-8"'],
      'content-length': ['12'],
      connection: ['close'],
      date: [expect.any(String)],
    });
  });

  test('is in the journal before its response, without a draw', async () => {
    const { port } = await ask('/getbalance?of=alice', { headers: { authorization: 'Bearer guess' } });
    expect(fileOfJournal()).toBe(
      '{"timestamp":"2025-01-02T03:04:05.006Z","client_ip":"127.0.0.1","outcome":"401",' +
        `"id":1,"client_port":${port},"path":"/getbalance","reason":"wrong token","exchange":1,"answer_at":0}\n`,
    );
    expect(faults.status().draws).toBe(0);
  });

  test('does not get 401 when that can not be journaled', async () => {
    jest.spyOn(journal, 'append').mockRejectedValueOnce(new Error('ENOSPC'));
    expect(await ask('/getbalance')).toMatchObject({ status: 500, body: 'Error writing log file' });
    expect(logged).toEqual(['a request failed: Error: ENOSPC']);
  });

  test.each([
    ['GET', '/getlogs', 'Unauthorized'],
    ['GET', '/login', 'Unauthorized'],
    ['GET', '/', 'Unauthorized'],
    ['GET', '/%ff', 'Unauthorized'],
    ['POST', '/getbalance', 'Unauthorized'],
    ['HEAD', '/getbalance', ''],
    ['OPTIONS', '*', 'Unauthorized'],
  ])('gets 401 for %s %s too', async (method, path, body) => {
    expect(await ask(path, { method })).toMatchObject({ status: 401, body });
    expect(JSON.parse(fileOfJournal())).toMatchObject({ outcome: '401', path, reason: 'no credentials' });
  });

  test('has at most 200 characters of its path in the journal', async () => {
    await ask(`/${'x'.repeat(5_000)}`);
    expect(JSON.parse(fileOfJournal()).path).toBe(`/${'x'.repeat(199)}`);
  });

  test('with two headers is refused by the first', async () => {
    const headers = {
      authorization: ['Bearer guess', bearer.authorization],
    } as unknown as IncomingHttpHeaders;
    expect(await ask('/getbalance', { headers })).toMatchObject({ status: 401 });
  });
});

describe('a request with valid credentials', () => {
  beforeEach(() => serve({ token, basic }));

  test.each([
    ['a token', bearer],
    ['a name and password', login],
  ])('has a draw and a journal entry as usual: with %s', async (_what, headers) => {
    faults.prepare({ profile: '403=1' })();
    const { status, port } = await ask('/getbalance', { headers });
    expect(status).toBe(403);
    expect(fileOfJournal()).toBe(
      '{"timestamp":"2025-01-02T03:04:05.006Z","client_ip":"127.0.0.1","outcome":"403",' +
        `"id":1,"client_port":${port},"request":1,"exchange":1,"answer_at":0}\n`,
    );
  });

  test('is welcome at /login, without a draw', async () => {
    const { status, headers, body } = await ask('/login', { headers: login });
    expect({ status, body, type: headers['content-type'] }).toEqual({
      status: 200,
      body: 'Welcome, jürgen\n',
      type: ['text/plain'],
    });
    expect({ draws: faults.status().draws, journal: fileOfJournal() }).toEqual({ draws: 0, journal: '' });
  });

  test.each([
    ['HEAD', '/login'],
    ['POST', '/login'],
    ['GET', '/login/'],
    ['GET', '/another'],
  ])('finds nothing at %s %s', async (method, path) => {
    expect(await ask(path, { method, headers: path === '/login' ? login : bearer })).toMatchObject({
      status: 404,
      reason: 'File not found',
    });
  });
});

test.each(['/login', '/login?as=alice', '/login#as', 'http://x/login', 'http://x:99999/login'])(
  'a token is no login, at %s',
  async (path) => {
    await serve({ token, basic });
    expect(await ask(path, { headers: bearer })).toMatchObject({
      status: 401,
      headers: { 'www-authenticate': ['Basic realm="wirelab", charset="UTF-8"'] },
    });
    expect(await ask(path, { headers: login })).toMatchObject({ status: 200 });
  },
);

test.each([
  ['http://alice:swordfish@x/getbalance', '/getbalance'],
  ['//alice:swordfish@x/getbalance', '/getbalance'],
  ['/getbalance?token=swordfish', '/getbalance'],
  ['/getbalance#swordfish', '/getbalance'],
  ['http://alice:swordfish@x:99999/', ''],
])('the journal has the path of %s', async (target, path) => {
  await serve({ token });
  expect(await ask(target)).toMatchObject({ status: 401 });
  expect(JSON.parse(fileOfJournal()).path).toBe(path);
});

test.each(['http://[', '*', '//'])('a request for %s is refused too', async (target) => {
  await serve({ token });
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.end(`GET ${target} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 401 /);
  expect(fileOfJournal()).toContain('"outcome":"401"');
});

test('pipelined requests are refused too', async () => {
  await serve({ token });
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, '127.0.0.1');
  socket.end(['/a,b', '/c'].map((path) => `GET ${path} HTTP/1.1\r\nHost: lab\r\n\r\n`).join(''));
  expect((await text(socket)).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 401']);
  expect(fileOfJournal().match(/"path":"[^"]*"/g)).toEqual(['"path":"/a,b"', '"path":"/c"']);
});

test('no secret is in the journal, the log or a response, whether it is right or wrong', async () => {
  await serve({ token, basic });
  jest.spyOn(journal, 'append').mockRejectedValueOnce(new Error('ENOSPC'));
  const answers = [];
  for (const headers of [
    bearer,
    login,
    { authorization: 'Bearer guess1' },
    { authorization: 'Basic guess2' },
    {},
  ]) {
    for (const path of ['/getbalance', '/login', '/another', '/getlogs']) {
      answers.push(await ask(path, { headers }));
    }
  }
  const all = JSON.stringify([answers, fileOfJournal(), logged]);
  const secrets = [token, 'swordfish', login.authorization.slice('Basic '.length), 'guess1', 'guess2'];
  expect(secrets.filter((secret) => all.includes(secret))).toEqual([]);
  expect(logged.filter((line) => line.includes('refused a request'))).toHaveLength(13);
  expect(logged).toHaveLength(14);
});

test.each([
  ['only a token is required', { token }, bearer],
  ['nothing is required', undefined, {}],
])('there is no /login where %s', async (_what, secrets, headers) => {
  await serve(secrets);
  expect(await ask('/login', { headers })).toMatchObject({ status: 404 });
  expect(await ask('/getbalance', { headers })).toMatchObject({ status: 200 });
});

test('over TLS entries have its version, also those of refusals', async () => {
  tls = await openTestTls();
  await serve({ token }, (app) => tls!.tls.watch(createTlsServer(tls!.tls.options, app)));
  expect(await ask('/getbalance')).toMatchObject({ status: 401 });
  expect(await ask('/getbalance', { headers: bearer })).toMatchObject({ status: 200 });
  const [refused, drawn] = fileOfJournal().trimEnd().split('\n');
  expect(refused).toMatch(
    /"path":"\/getbalance","reason":"no credentials","exchange":1,"answer_at":0,"tls":"TLSv1.3"}$/,
  );
  expect(drawn).toMatch(/"request":1,"exchange":2,"answer_at":187,"tls":"TLSv1.3"}$/);
});

test('over TLS a timeout is held and then closed without a byte', async () => {
  tls = await openTestTls();
  await serve(undefined, (app) => tls!.tls.watch(createTlsServer(tls!.tls.options, app)));
  faults.prepare({ profile: 'timeout=1' })();
  sleep.mockReset().mockResolvedValue();
  await expect(ask('/getbalance')).rejects.toMatchObject({ code: 'ECONNRESET' });
  expect(sleep.mock.calls).toEqual([[15_000, expect.any(AbortSignal)]]);
});
