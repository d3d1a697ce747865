import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { client, foreignClient, writeCredentials } from '#lib/tls/testing.ts';
import { readTlsOptions, type TlsChoice, TlsOptionsError } from './tls-options.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  await writeCredentials(folder, client);
});

afterEach(() => rm(folder, { recursive: true }));

function read(choice: Partial<TlsChoice> = {}) {
  const { ca, cert, key, ...options } = readTlsOptions({
    ca: join(folder, 'ca.pem'),
    certificate: join(folder, 'certificate.pem'),
    key: join(folder, 'key.pem'),
    insecure: false,
    ...choice,
  });
  return { ca: ca && String(ca), cert: cert && String(cert), key: key && String(key), ...options };
}

test('verifies the server with the CA, and sends a certificate', () => {
  expect(read()).toEqual({ ...client, rejectUnauthorized: true });
});

test.each(['1.2', '1.3'] as const)('speaks the one version that is chosen: %s', (version) => {
  expect(read({ version })).toMatchObject({ minVersion: `TLSv${version}`, maxVersion: `TLSv${version}` });
});

test('sends and reads no certificate when that is chosen', () => {
  expect(read({ certificate: false, key: '/none' })).toEqual({ ca: client.ca, rejectUnauthorized: true });
});

test('accepts any server when that is chosen, and reads no CA', () => {
  const { cert, key } = client;
  expect(read({ insecure: true, ca: '/none' })).toEqual({ cert, key, rejectUnauthorized: false });
});

test.each([
  ['--ca', { ca: '/none/ca.pem' }, '/none/ca.pem'],
  ['--certificate', { certificate: '/none/client.pem' }, '/none/client.pem'],
  ['--key', { key: '/none/key.pem' }, '/none/key.pem'],
])('prints the value of %s when the file can not be read', (option, choice, path) => {
  expect(() => read(choice)).toThrow(TlsOptionsError);
  expect(() => read(choice)).toThrow(
    expect.objectContaining({
      code: 'LAB_TLS_OPTIONS',
      message: `${option} is "${path}", which can't be read (ENOENT); allowed: a PEM file`,
    }),
  );
});

test.each([
  ['ca.pem', 'x', /^--ca is ".*ca.pem", which is not a certificate; allowed: a certificate, PEM$/],
  ['certificate.pem', client.key, /^--certificate is ".*", which is not a certificate; /],
  ['key.pem', client.cert, /^--key is ".*", which is not a private key; allowed: a private key, PEM$/],
  ['key.pem', foreignClient.key, /^--key is ".*"; allowed: the key of --certificate, ".*certificate.pem"$/],
])('refuses a file with the wrong content: %s', async (name, content, message) => {
  await writeFile(join(folder, name), content);
  expect(() => read()).toThrow(TlsOptionsError);
  expect(() => read()).toThrow(message);
});
