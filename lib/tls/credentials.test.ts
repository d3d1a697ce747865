import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { CredentialsError, readCredentials } from './credentials.ts';
import { server, writeCredentials } from './testing.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wirelab-'));
  await writeCredentials(folder, server);
});

afterEach(() => rm(folder, { recursive: true }));

test('reads the certificate, its key and the CA', async () => {
  const { ca, cert, key } = await readCredentials(folder);
  expect({ ca: String(ca), cert: String(cert), key: String(key) }).toEqual(server);
});

test.each(['ca.pem', 'certificate.pem', 'key.pem'])('says who makes %s when it is missing', async (name) => {
  await rm(join(folder, name));
  const error = await readCredentials(folder).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(CredentialsError);
  expect(error).toMatchObject({
    code: 'LAB_CREDENTIALS',
    message: `${join(folder, name)} can't be read (ENOENT); the service "certificates" makes this file`,
    cause: { code: 'ENOENT' },
  });
});
