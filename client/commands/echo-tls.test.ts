import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { ca, client, foreignCa, server as serverCredentials } from '#lib/tls/testing.ts';
import { seed, useScriptedServer } from '../testing.ts';

const server = useScriptedServer({ ...serverCredentials, requestCert: true, minVersion: 'TLSv1.2' });
const message = 'Hey';
const tls = { ca, cert: client.cert, key: client.key };
const { ready, valid, closed } = seed;
const first = '[CLIENT] Attempts: 1';

describe('with --tls', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)('a message comes back by %s', async (version) => {
    const speaks = { ...tls, minVersion: version, maxVersion: version };
    expect(await server.run([], { message, tls: speaks })).toEqual({
      code: 0,
      lines: [`${server.connected()}, encrypted by ${version}`, ready, first, ...valid, closed],
    });
    expect(server.received).toEqual(['Hey|e4599fa9']);
  });

  test('a message with its HMAC comes back too', async () => {
    const { code, lines } = await server.run([], { message, tls, token: 'alice' });
    expect(code).toBe(0);
    expect(lines).toContain('[CLIENT] Received valid reply: Hey');
    expect(server.received).toEqual([expect.stringMatching(/^Hey\|hmac-sha256:[0-9a-f]{64}$/)]);
  });

  test('a message in plain text does not use TLS', async () => {
    const { code } = await server.run([], { message, retries: 1 });
    expect(code).toBe(1);
    expect(server.received).toEqual([]);
  });

  test('a faulty echo is retried over the same connection', async () => {
    const { code, lines } = await server.run(['x\n', 'x\n'], { message, tls });
    expect(code).toBe(0);
    expect(lines).toContain('[CLIENT] Attempts: 3');
    expect(server.connections).toBe(1);
  });

  test('after the connection was closed, it opens a new one over TLS', async () => {
    const { code, lines } = await server.run(['close'], { message, tls });
    expect(code).toBe(0);
    expect(lines.filter((line) => line.endsWith(', encrypted by TLSv1.3'))).toHaveLength(2);
    expect(server.connections).toBe(2);
  });

  test('a server with a certificate of another CA ends it with 1, before anything is sent', async () => {
    const reason = `the certificate of 127.0.0.1:${server.port} was issued by an unknown CA, so the server may be anybody`;
    expect(await server.run([], { message, tls: { ca: foreignCa } })).toEqual({
      code: 1,
      lines: [`[CLIENT] Connection error: ${reason}`],
    });
    expect(await server.run([], { message, json: true, tls: { ca: foreignCa } })).toEqual({
      code: 1,
      lines: [JSON.stringify({ error: reason })],
    });
    expect(server.received).toEqual([]);
  });

  test('a server that requires a certificate is not tried again, and its reason is printed', async () => {
    expect(await server.run([], { message, tls: { ca } })).toEqual({
      code: 1,
      lines: [
        `${server.connected()}, encrypted by TLSv1.3`,
        ready,
        first,
        '[CLIENT] Refused by server: the server requires a client certificate, and the client sent none',
        closed,
      ],
    });
    expect(server.received).toEqual([]);
  });

  test('a server that does not speak TLS is reported', async () => {
    const silent = createServer();
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { port } = silent.address() as { port: number };
    expect(await server.run([], { message, tls, port, timeout: 0.3 })).toEqual({
      code: 1,
      lines: [
        `[CLIENT] Connection error: 127.0.0.1:${port} did not finish the TLS handshake in time; ` +
          'it may not speak TLS on that port',
      ],
    });
    silent.close();
  });
});

describe('an attacker on the way', () => {
  /** Connects clients with the server. `alter` gets what the server sends. */
  async function attacker(alter: (bytes: Buffer) => Buffer) {
    const relay = createServer((client) => {
      const up = connect(server.port, '127.0.0.1');
      client.on('data', (bytes) => up.write(bytes)).on('error', () => up.destroy());
      up.on('data', (bytes) => client.write(alter(bytes))).on('error', () => client.destroy());
      client.on('close', () => up.destroy());
      up.on('end', () => client.end());
    });
    await once(relay.listen(0, '127.0.0.1'), 'listening');
    const { port } = relay.address() as AddressInfo;
    return { port, [Symbol.dispose]: () => relay.close() };
  }

  test('who changes a name in the certificate ends the handshake of TLS 1.2, in words of the lab', async () => {
    const hoax = (bytes: Buffer) =>
      Buffer.from(bytes.toString('latin1').replace('localhost', 'localhoax'), 'latin1');
    using way = await attacker(hoax);
    const speaks = { ...tls, maxVersion: 'TLSv1.2' } as const;
    const reason = `for 127.0.0.1:${way.port}, the signature of this client does not fit the messages of the handshake: bytes were changed on the way`;
    expect(
      await server.run([], { message, port: way.port, tls: { ...speaks, minVersion: 'TLSv1.2' } }),
    ).toEqual({
      code: 1,
      lines: [`[CLIENT] Connection error: ${reason}`],
    });
  });

  test('who changes an echo is noticed, and the message is sent once more', async () => {
    let strikes = 0;
    using way = await attacker((bytes) => {
      if (server.received.length !== 1 || strikes > 0) return bytes;
      strikes += 1;
      return Buffer.concat([bytes.subarray(0, -1), Buffer.from([bytes.at(-1)! ^ 1])]);
    });
    const { code, lines } = await server.run([], { message, port: way.port, tls });
    expect(lines).toContain(
      '[CLIENT] TLS error: what the server sent could not be decrypted: bytes were changed on the way',
    );
    expect(lines).toContain('[CLIENT] Attempts: 2');
    expect(code).toBe(0);
    expect(server.received).toEqual(['Hey|e4599fa9', 'Hey|e4599fa9']);
  });
});
