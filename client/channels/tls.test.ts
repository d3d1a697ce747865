import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  ca,
  client,
  expiredServer,
  foreignServer,
  otherServer,
  selfSignedServer,
  server as serverCredentials,
} from '#lib/tls/testing.ts';
import type { Channel } from './channel.ts';
import { openTlsWith } from './tls.ts';

let server: Server;
let peers: Socket[] = [];
let channel: Channel | undefined;

const never = new AbortController().signal;

afterEach(() => {
  channel?.close();
  for (const peer of peers) peer.destroy();
  peers = [];
  channel = undefined;
  server.close();
});

async function listen(created: Server) {
  server = created.on('connection', (socket: Socket) => peers.push(socket.on('error', () => undefined)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
}

function open(tls: Parameters<typeof openTlsWith>[0] = { ca }, { timeout = 5, signal = never } = {}) {
  const { port } = server.address() as AddressInfo;
  return openTlsWith(tls)({ address: '127.0.0.1', port, timeout }, signal);
}

/** A channel, and the server's end of it. */
async function openBoth(options: TlsOptions = {}) {
  await listen(createTlsServer({ ...serverCredentials, ...options }));
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>;
  channel = await open();
  const [peer] = await accepted;
  return { channel, peer: peer.on('error', () => undefined) };
}

const receive = async (from: Channel) => String(await from.receive(never));

describe('an open channel', () => {
  test('sends a message encrypted, from the port that it reports', async () => {
    const { channel, peer } = await openBoth();
    const carried: Buffer[] = [];
    peers[0]!.on('data', (bytes) => carried.push(bytes));
    channel.send(Buffer.from('Hey|e4599fa9'));
    expect(String(await once(peer, 'data'))).toBe('Hey|e4599fa9');
    expect(peer.remotePort).toBe(channel.localPort);
    expect(peer.encrypted).toBe(true);
    expect(String(Buffer.concat(carried))).not.toContain('Hey');
  });

  test.each(['TLSv1.2', 'TLSv1.3'] as const)('says which version it speaks: %s', async (version) => {
    const { channel } = await openBoth({ maxVersion: version });
    expect(channel.tls).toBe(version);
  });

  test('separates the replies in one record, and joins a reply of many records', async () => {
    const { channel, peer } = await openBoth();
    peer.write('Hey|e4599fa9Hey|e4599fa9Packet Loss\n');
    for (const byte of 'Test3|5e595222\n') peer.write(byte);
    expect([
      await receive(channel),
      await receive(channel),
      await receive(channel),
      await receive(channel),
    ]).toEqual(['Hey|e4599fa9', 'Hey|e4599fa9', 'Packet Loss\n', 'Test3|5e595222\n']);
  });

  test('has the bytes that a server sends right after the handshake', async () => {
    await listen(createTlsServer({ ...serverCredentials }, (socket) => socket.end('too many connections\n')));
    channel = await open();
    expect(await receive(channel)).toBe('too many connections\n');
    await expect(channel.receive(never)).rejects.toMatchObject({ how: 'closed' });
  });

  test('counts a reply without an end as complete at the end of the stream, and reports the close', async () => {
    const { channel, peer } = await openBoth();
    peer.end('error_code');
    expect(await receive(channel)).toBe('error_code');
    await expect(channel.receive(never)).rejects.toMatchObject({ how: 'closed' });
  });

  test('reports a reset', async () => {
    const { channel } = await openBoth();
    peers[0]!.resetAndDestroy();
    await expect(channel.receive(never)).rejects.toMatchObject({
      how: 'reset',
      cause: { code: 'ECONNRESET' },
    });
    expect(channel.open).toBe(false);
  });

  test('has the alert of a server that rejects its certificate as cause', async () => {
    await listen(createTlsServer({ ...serverCredentials, requestCert: true }));
    channel = await open();
    await expect(channel.receive(never)).rejects.toMatchObject({
      how: 'reset',
      cause: { code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
    });
  });

  test('ends with a FIN when it is closed', async () => {
    const { channel, peer } = await openBoth();
    channel.close();
    peer.resume();
    await once(peer, 'end');
  });
});

describe('a channel is not opened', () => {
  test.each([
    ['an expired certificate', expiredServer, 'CERT_HAS_EXPIRED'],
    ['a certificate of another host', otherServer, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['a self-signed certificate', selfSignedServer, 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['a certificate of another CA', foreignServer, 'SELF_SIGNED_CERT_IN_CHAIN'],
  ])('to a server with %s, except without verifying', async (_which, credentials, code) => {
    await listen(createTlsServer({ ...credentials }));
    await expect(open()).rejects.toMatchObject({ code });
    channel = await open({ rejectUnauthorized: false });
    expect(channel.open).toBe(true);
  });

  test('to a server that does not accept its version', async () => {
    await listen(createTlsServer({ ...serverCredentials, minVersion: 'TLSv1.3' }));
    await expect(open({ ca, maxVersion: 'TLSv1.2' })).rejects.toMatchObject({
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
    });
  });

  test('to a server that speaks no TLS', async () => {
    await listen(createServer((socket) => socket.end('too many connections\n')));
    await expect(open()).rejects.toMatchObject({ code: 'ERR_SSL_WRONG_VERSION_NUMBER' });
  });

  test('to a server that never responds', async () => {
    await listen(createServer());
    await expect(open({ ca }, { timeout: 0.3 })).rejects.toMatchObject({
      code: 'ERR_TLS_HANDSHAKE_TIMEOUT',
    });
  });

  test('to a port on which nothing listens', async () => {
    await listen(createServer());
    const { port } = server.address() as AddressInfo;
    await once(server.close(), 'close');
    const opening = openTlsWith({ ca })({ address: '127.0.0.1', port, timeout: 5 }, never);
    await expect(opening).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('after an abort, also during the handshake', async () => {
    await listen(createServer());
    await expect(open({ ca }, { signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    const abort = new AbortController();
    const opening = open({ ca }, { signal: abort.signal });
    await once(server, 'connection');
    abort.abort(new Error('enough now'));
    await expect(opening).rejects.toThrow('enough now');
    await once(peers.at(-1)!.resume(), 'close');
  });

  test('with a file that is no certificate', async () => {
    await listen(createTlsServer({ ...serverCredentials }));
    await expect(open({ ca, cert: 'x', key: client.key })).rejects.toThrow();
  });
});
