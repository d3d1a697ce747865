import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConnectionOptions } from 'node:tls';
import { describe, expect, test } from '@jest/globals';
import { isServed, useTlsServers } from './server-testing.ts';
import {
  client,
  foreignCa,
  foreignClient,
  foreignServer,
  renewedServer,
  writeCredentials,
} from './testing.ts';

const servers = useTlsServers();
const { serve, listen, tlsClient } = servers;

describe('keys', () => {
  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'of %s connections are logged, as the client has them',
    async (version) => {
      const port = await serve({ LAB_TLS_MIN: '1.2', LAB_TLS_KEYLOG: true });
      const lines: string[] = [];
      for (let count = 0; count < 2; count += 1) {
        const socket = tlsClient(port, { maxVersion: version });
        socket.on('keylog', (line) => lines.push(String(line)));
        expect(await isServed(socket)).toBe(true);
      }
      const logged = readFileSync(join(servers.opened.folder, 'tls.keys'), 'utf8');
      expect(logged).toMatch(
        version === 'TLSv1.2' ? /^CLIENT_RANDOM / : /^SERVER_HANDSHAKE_TRAFFIC_SECRET /m,
      );
      expect(logged.match(/.*\n/g)!.sort()).toEqual(lines.sort());
    },
  );

  test('are not logged when that is off', async () => {
    expect(await isServed(tlsClient(await serve()))).toBe(true);
    expect(existsSync(join(servers.opened.folder, 'tls.keys'))).toBe(false);
  });

  test.each([
    ['there is no folder for them', '/dev/null/tls.keys', /ENOTDIR/],
    ['there is no room for them', '/dev/full', /ENOSPC/],
  ])(
    'that can not be written are reported once, and the connection is served: %s',
    async (_why, path, why) => {
      const port = await serve({ LAB_TLS_KEYLOG: true, TLS_KEYS: path });
      for (let count = 0; count < 2; count += 1) expect(await isServed(tlsClient(port))).toBe(true);
      expect(servers.opened.said).toEqual([expect.stringMatching(why)]);
      expect(servers.opened.said[0]).toMatch(/^warn: the keys of TLS connections can't be written: /);
    },
  );
});

// The watch for changes is closed, because it could read a half-finished change.
describe('certificates that are read again', () => {
  async function nameAt(port: number, options?: ConnectionOptions): Promise<unknown> {
    const socket = tlsClient(port, { session: undefined, ...options });
    await once(socket, 'secureConnect');
    return socket.getPeerCertificate().subject.CN;
  }

  test('serve new connections to each server, and old connections continue', async () => {
    const port = await serve();
    const other = await listen();
    const before = tlsClient(port);
    expect(await isServed(before)).toBe(true);
    servers.opened.tls.close();
    await writeCredentials(servers.opened.folder, renewedServer);
    await servers.opened.tls.reload();
    expect([await nameAt(port), await nameAt(other)]).toEqual(['renewed-host', 'renewed-host']);
    expect(await isServed(before)).toBe(true);
    expect(servers.opened.said).toEqual(['info: The certificates were read again']);
  });

  test('change which clients are accepted, and no other requirement', async () => {
    const port = await serve({ LAB_MTLS: true });
    expect(await isServed(tlsClient(port, client))).toBe(true);
    servers.opened.tls.close();
    await writeCredentials(servers.opened.folder, foreignServer);
    await servers.opened.tls.reload();
    for (const refused of [client, {}, { ...foreignClient, maxVersion: 'TLSv1.2' } as const]) {
      expect(await isServed(tlsClient(port, { ...refused, ca: foreignCa }))).toBe(false);
    }
    expect(await isServed(tlsClient(port, foreignClient))).toBe(true);
  });

  test.each([
    ['is missing', 'key.pem', (path: string) => rm(path), /ENOENT/],
    ['is no certificate', 'certificate.pem', (path: string) => writeFile(path, 'x'), /PEM|no start line/],
    ['has another key', 'key.pem', (path: string) => writeFile(path, client.key), /mismatch/],
  ])('do not replace the old ones when one of the files %s', async (_what, name, spoil, why) => {
    const port = await serve();
    servers.opened.tls.close();
    await writeCredentials(servers.opened.folder, renewedServer);
    await spoil(join(servers.opened.folder, name));
    await servers.opened.tls.reload();
    expect(await nameAt(port)).toBe('server-host');
    expect(servers.opened.said).toEqual([expect.stringMatching(why)]);
    expect(servers.opened.said[0]).toMatch(/^error: the new certificates can't be used, the old ones stay: /);
  });
});
