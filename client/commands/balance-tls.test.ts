import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServer as createTcpServer } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import {
  ca,
  client,
  expiredServer,
  foreignClient,
  foreignServer,
  otherServer,
  selfSignedServer,
  server as serverCredentials,
} from '#lib/tls/testing.ts';
import { type BalanceOptions, balance } from './balance.ts';

let server: Server | undefined;
let port: number;
let connections: number;
let asked: { url: string | undefined; authorization: string | undefined }[];
let versions: Set<string | null>;

afterEach(() => {
  server?.close();
  server?.closeAllConnections();
  server = undefined;
});

/** A server that responds to everything; in plain text without options. */
async function serve(options?: TlsOptions) {
  connections = 0;
  asked = [];
  versions = new Set();
  const answer = (
    request: { url?: string; headers: IncomingHttpHeaders },
    response: { end(body: string): void },
  ) => {
    asked.push({ url: request.url, authorization: request.headers.authorization });
    response.end('[]');
  };
  const created = options
    ? createTlsServer({ ...options }, answer).on('secureConnection', (socket) =>
        versions.add(socket.getProtocol()),
      )
    : createServer(answer);
  server = created.on('connection', () => {
    connections += 1;
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  ({ port } = server.address() as AddressInfo);
}

async function run(given: Partial<BalanceOptions>) {
  const lines: string[] = [];
  const log = { info: (line: string) => lines.push(line) } as unknown as Log;
  const options = {
    address: '127.0.0.1',
    port,
    requests: 2,
    timeout: 10,
    interval: 0,
    json: false,
    ...given,
  };
  const interrupted = new AbortController().signal;
  const code = await balance(options, { log, sleep: async () => undefined, interrupted });
  return { code, lines };
}

const answered = [
  '/getbalance response status code: 200',
  '/getbalance response status code: 200',
  'Logs:\n[]',
];

describe('with --tls', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('asks over one connection, by %s', async (version) => {
    await serve({ ...serverCredentials, minVersion: 'TLSv1.2' });
    expect(await run({ tls: { ca, maxVersion: version } })).toEqual({ code: 0, lines: answered });
    expect({ connections, versions }).toEqual({ connections: 1, versions: new Set([version]) });
  });

  test('sends its certificate to a server that requires one', async () => {
    await serve({ ...serverCredentials, requestCert: true });
    expect(await run({ tls: client })).toEqual({ code: 0, lines: answered });
  });

  test.each([
    ['an expired certificate', expiredServer, 'the certificate of WHERE has expired'],
    [
      'one of another host',
      otherServer,
      'the certificate of WHERE is for other names: IP Address:192.0.2.1, DNS:other-host',
    ],
    [
      'one that is signed by itself',
      selfSignedServer,
      'the certificate of WHERE is self-signed: no CA has confirmed it',
    ],
    [
      'one of another CA',
      foreignServer,
      'the certificate of WHERE was issued by an unknown CA, so the server may be anybody',
    ],
  ])('refuses a server with %s, except with --insecure', async (_which, credentials, words) => {
    await serve(credentials);
    const reason = words.replace('WHERE', `127.0.0.1:${port}`);
    expect(await run({ tls: { ca }, requests: 1 })).toEqual({
      code: 1,
      lines: [`/getbalance request failed: ${reason}`, `/getlogs request failed: ${reason}`],
    });
    expect(asked).toEqual([]);
    expect(await run({ tls: { rejectUnauthorized: false } })).toEqual({ code: 0, lines: answered });
  });

  test.each([
    ['no certificate', {}, 'WHERE requires a client certificate, and the client sent none', 1],
    [
      'no certificate by TLS 1.2',
      { maxVersion: 'TLSv1.2' },
      'WHERE refused the handshake: it requires a client certificate or another cipher suite',
      1,
    ],
    [
      'a certificate that is not taken',
      { cert: foreignClient.cert, key: foreignClient.key },
      'connection reset: WHERE closed it without an answer; it probably rejected the certificate of this client',
      1,
    ],
  ] as const)('prints why the server refuses %s', async (_which, options, words, code) => {
    await serve({ ...serverCredentials, requestCert: true, minVersion: 'TLSv1.2' });
    const reason = words.replace('WHERE', `127.0.0.1:${port}`);
    expect(await run({ tls: { ca, ...options }, requests: 1 })).toEqual({
      code,
      lines: [`/getbalance request failed: ${reason}`, `/getlogs request failed: ${reason}`],
    });
  });

  test('prints that a server does not accept its version', async () => {
    await serve({ ...serverCredentials, minVersion: 'TLSv1.3' });
    const { lines } = await run({ tls: { ca, maxVersion: 'TLSv1.2' }, requests: 1 });
    expect(lines[0]).toBe(
      `/getbalance request failed: 127.0.0.1:${port} does not accept this version of TLS (LAB_TLS_MIN)`,
    );
  });

  test('prints that a server does not speak TLS', async () => {
    await serve();
    const { code, lines } = await run({ tls: { ca }, requests: 1 });
    expect(code).toBe(1);
    expect(lines[0]).toBe(`/getbalance request failed: 127.0.0.1:${port} does not speak TLS on that port`);
  });

  test('ends a handshake that takes too long', async () => {
    const silent = createTcpServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const silentPort = (silent.address() as AddressInfo).port;
    const { lines } = await run({ tls: { ca }, port: silentPort, requests: 1, timeout: 0.03 });
    expect(lines[0]).toBe('/getbalance request timed out');
    silent.close();
  });
});

describe('sends credentials', () => {
  test.each([
    ['nobody', {}, undefined],
    ['none when they are empty', { token: '', basic: '' }, undefined],
    ['by a token', { token: 'sesame' }, 'Bearer sesame'],
    ['by a name and password', { basic: 'jürgen:sesame' }, 'Basic asO8cmdlbjpzZXNhbWU='],
    ['by the token, given both', { token: 'sesame', basic: 'user:password' }, 'Bearer sesame'],
  ])('%s', async (_how, secrets, authorization) => {
    await serve();
    expect(await run({ ...secrets, requests: 1 })).toMatchObject({ code: 0 });
    expect(asked).toEqual([
      { url: '/getbalance', authorization },
      { url: '/getlogs', authorization },
    ]);
  });

  test('over TLS too, and prints none of them', async () => {
    await serve(serverCredentials);
    const { lines } = await run({ tls: { ca }, token: 'sesame', requests: 1 });
    expect(asked).toContainEqual({ url: '/getbalance', authorization: 'Bearer sesame' });
    server!.close();
    server!.closeAllConnections();
    const failed = await run({ tls: { ca }, token: 'sesame', basic: 'user:sesame', requests: 1, json: true });
    expect([...lines, ...failed.lines].join('\n')).not.toMatch(/sesame/);
  });
});
