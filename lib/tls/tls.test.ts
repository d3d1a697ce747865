import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { isServed, useTlsServers } from './server-testing.ts';
import { ca, client, foreignCa, foreignClient, openTestTls, server as serverCredentials } from './testing.ts';
import { tlsVersion } from './version.ts';

const servers = useTlsServers();
const { serve, plainClient, tlsClient } = servers;

let hello: Buffer;
let oldHello: Buffer;

beforeAll(async () => {
  hello = await clientHello({});
  oldHello = await clientHello({ maxVersion: 'TLSv1.2' });
});

/** The first bytes of a client. */
async function clientHello(options: ConnectionOptions): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const socket = new Duplex({ read: () => undefined, write: resolve });
  const client = connectTls({ ...options, socket });
  const bytes = await promise;
  client.destroy();
  return bytes;
}

function failure({ client_port }: { client_port: number | undefined }, reason: string) {
  return { event: 'handshake', client_ip: '127.0.0.1', client_port, reason };
}

function byPort(one: { client_port?: unknown }, other: { client_port?: unknown }): number {
  return Number(one.client_port) - Number(other.client_port);
}

const left = "the client disconnected during the handshake; it probably rejected the server's certificate";

describe('a handshake that fails is journaled', () => {
  test.each([
    ['bytes that are not TLS', 'Hey|e4599fa9\n', 'the client sent something other than TLS'],
    ['plain HTTP', 'GET / HTTP/1.1\r\n\r\n', 'plain HTTP on a TLS port'],
    ['plain HTTP for a proxy', 'CONNECT a:1 HTTP/1.1\r\n\r\n', 'plain HTTP on a TLS port'],
  ])('of %s', async (_what, text, reason) => {
    const socket = await plainClient(await serve());
    const { localPort } = socket;
    socket.resume().write(text);
    await once(socket, 'close');
    expect(servers.opened.notes).toEqual([failure({ client_port: localPort }, reason)]);
    expect(servers.opened.said).toEqual([
      `warn: TLS handshake with 127.0.0.1:${localPort} failed: ${reason}`,
    ]);
  });

  const noCertificate =
    'the client sent no certificate (alert certificate_required; in TLS 1.2 handshake_failure)';
  const wanted = { LAB_MTLS: true };
  const wantedOld = { LAB_MTLS: true, LAB_TLS_MIN: '1.2' } as const;
  const old = { maxVersion: 'TLSv1.2' } as const;
  const foreign = { cert: foreignClient.cert, key: foreignClient.key };
  const noClient = { cert: serverCredentials.cert, key: serverCredentials.key };
  test.each([
    [
      'a version that is too old',
      {},
      old,
      'the TLS version of the client is too old (alert protocol_version)',
    ],
    [
      'client and server have no cipher suite in common',
      { LAB_TLS_MIN: '1.2' },
      { ...old, ciphers: 'ECDHE-RSA-AES128-GCM-SHA256' },
      'client and server have no cipher suite in common (alert handshake_failure)',
    ],
    ['no client certificate', wanted, {}, noCertificate],
    ['no client certificate by TLS 1.2', wantedOld, old, noCertificate],
    ['a foreign client certificate', wanted, foreign, 'the client certificate was issued by another CA'],
    [
      'a foreign client certificate by TLS 1.2',
      wantedOld,
      { ...old, ...foreign },
      'the client certificate was issued by another CA',
    ],
    ['a certificate of a server', wanted, noClient, 'the client certificate is not meant for clients'],
    ['a client that does not know the CA', {}, { ca: foreignCa }, left],
  ] as const)('of %s', async (_what, settings, options, reason) => {
    const socket = tlsClient(await serve(settings), options);
    await once(socket, 'connect');
    const { localPort } = socket;
    expect(await isServed(socket)).toBe(false);
    expect(await servers.opened.noted).toEqual(failure({ client_port: localPort }, reason));
    expect(servers.opened.notes).toHaveLength(1);
  });

  describe.each([
    ['may be half open', true],
    ['may not', false],
  ])('of connections that %s,', (_which, allowHalfOpen) => {
    test('of clients that disconnect after nothing, half of the first message, or all of it', async () => {
      const port = await serve({ LAB_TLS_MIN: '1.2' }, { allowHalfOpen, handshakeMs: 1_000 });
      const sent = [Buffer.alloc(0), hello.subarray(0, 50), hello, oldHello];
      const sockets = await Promise.all(sent.map(() => plainClient(port)));
      const ports = sockets.map(({ localPort }) => localPort);
      const closed = sockets.map((socket) => once(socket.resume(), 'close'));
      for (const [index, socket] of sockets.entries()) socket.end(sent[index]!);
      await Promise.all(closed);
      while (servers.opened.notes.length < sent.length) await new Promise(setImmediate);
      expect(servers.opened.notes.sort(byPort)).toEqual(
        ports.map((client_port) => failure({ client_port }, left)).sort(byPort),
      );
    });

    test('of a client that resets the connection', async () => {
      const socket = await plainClient(await serve({}, { allowHalfOpen }));
      socket.write(hello);
      await once(socket, 'data');
      const { localPort } = socket;
      socket.resetAndDestroy();
      expect(await servers.opened.noted).toEqual(failure({ client_port: localPort }, left));
    });
  });

  test('in TLS 1.2, when a client disconnects right after the handshake, because it checks the certificate only then', async () => {
    const socket = tlsClient(await serve({ LAB_TLS_MIN: '1.2' }), { ca: foreignCa, maxVersion: 'TLSv1.2' });
    await once(socket, 'connect');
    const { localPort } = socket;
    const reason =
      "the client disconnected right after the handshake; it probably rejected the server's certificate";
    expect(await servers.opened.noted).toEqual(failure({ client_port: localPort }, reason));
  });

  test('at once when the client disconnects after the keys were made', async () => {
    const socket = await plainClient(await serve({}, { allowHalfOpen: true, handshakeMs: 60_000 }));
    socket.write(hello);
    await once(socket, 'data');
    socket.end();
    expect(await servers.opened.noted).toMatchObject({ reason: left });
  });

  test('of each that takes too long, with its own client', async () => {
    const port = await serve({}, { handshakeMs: 40 });
    const waiting = await Promise.all([plainClient(port), plainClient(port), plainClient(port)]);
    const ports = waiting.map(({ localPort }) => localPort);
    waiting[1]!.write(hello);
    await Promise.all(waiting.map((socket) => once(socket.resume(), 'close')));
    expect(servers.opened.notes.sort(byPort)).toEqual(
      ports
        .map((client_port) => failure({ client_port }, 'the client did not finish the handshake in time'))
        .sort(byPort),
    );
  });

  test('and when that fails, it is logged, and others are served', async () => {
    const port = await serve();
    jest.spyOn(servers.opened.notes, 'push').mockImplementation(() => {
      throw new Error('ENOSPC');
    });
    const socket = (await plainClient(port)).resume();
    socket.write('Hey|e4599fa9\n');
    await once(socket, 'close');
    expect(await isServed(tlsClient(port))).toBe(true);
    expect(servers.opened.said).toContain("error: the journal can't be written: Error: ENOSPC");
  });
});

describe('a handshake that succeeds is not journaled', () => {
  test.each([
    ['TLS 1.3', {}, {}, 'TLSv1.3'],
    ['TLS 1.2, where that is allowed', { LAB_TLS_MIN: '1.2' }, { maxVersion: 'TLSv1.2' }, 'TLSv1.2'],
    ['a client certificate of the CA', { LAB_MTLS: true }, client, 'TLSv1.3'],
    ['a foreign client certificate, where none is required', {}, { ...foreignClient, ca }, 'TLSv1.3'],
  ] as const)('by %s', async (_what, settings, options, version) => {
    const socket = tlsClient(await serve(settings), options);
    expect(await isServed(socket)).toBe(true);
    expect(tlsVersion(socket)).toBe(version);
    socket.end();
    await once(socket, 'close');
    expect(servers.opened).toMatchObject({ notes: [], said: [] });
  });

  test('nor is it when its session is resumed, or when the connection is idle for longer than a handshake may take', async () => {
    const port = await serve({ LAB_TLS_MIN: '1.2' });
    const first = tlsClient(port, { maxVersion: 'TLSv1.2' });
    expect(await isServed(first)).toBe(true);
    const second = tlsClient(port, { maxVersion: 'TLSv1.2', session: first.getSession() });
    expect(await isServed(second)).toBe(true);
    expect(second.isSessionReused()).toBe(true);
    for (const socket of servers.served) {
      // The time limit of the handshake does not apply any more.
      expect(socket.timeout).toBe(0);
      socket.emit('timeout');
    }
    expect(await isServed(first)).toBe(true);
    expect(servers.opened.notes).toEqual([]);
  });

  test.each([
    ['that the server ends', () => servers.served[0]!.destroy()],
    ['on which the server speaks first', () => servers.served[0]!.end('too many connections\n')],
  ])('nor is one in TLS 1.2 on which the client sends nothing, %s', async (_which, end) => {
    const socket = tlsClient(await serve({ LAB_TLS_MIN: '1.2' }), { maxVersion: 'TLSv1.2' });
    await once(socket, 'secureConnect');
    while (servers.served.length === 0) await new Promise(setImmediate);
    const closed = once(servers.served[0]!, 'close');
    end();
    socket.resume();
    await closed;
    expect(servers.opened.notes).toEqual([]);
  });

  test('a connection in plain text has no version', async () => {
    expect(tlsVersion(await plainClient(await serve()))).toBeUndefined();
  });
});

test.each([
  [{}, '1.3 or newer'],
  [
    { LAB_TLS_MIN: '1.2', LAB_MTLS: true, LAB_TLS_KEYLOG: true, TLS_KEYS: '/dev/null' },
    '1.2 or newer, client certificates required, keys in /dev/null',
  ],
] as const)('describes its settings: %j', async (settings, said) => {
  servers.opened = await openTestTls(settings);
  expect(servers.opened.tls.description).toBe(said);
});

test('no second handshake is made on a connection, because it would end its idle timeout', async () => {
  const socket = tlsClient(await serve({ LAB_TLS_MIN: '1.2' }), { maxVersion: 'TLSv1.2' });
  expect(await isServed(socket)).toBe(true);
  socket.renegotiate({}, () => undefined);
  expect(await once(socket, 'error')).toMatchObject([{ code: 'ERR_SSL_NO_RENEGOTIATION' }]);
});
