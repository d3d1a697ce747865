import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { SheetError } from '../sheet/sheet-error.ts';

/**
 * The private key of a student, from a PEM file (PKCS #8). Makes the file, with mode 600, if there is none.
 *
 * @throws SheetError when the file has no Ed25519 key
 */
export async function privateKeyIn(path: string): Promise<KeyObject> {
  const pem = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  return pem === undefined ? made(path) : keyOf(pem, path);
}

async function made(path: string): Promise<KeyObject> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' });
  await writeFile(path, pem, { mode: 0o600, flag: 'wx' });
  return privateKey;
}

function keyOf(pem: string, path: string): KeyObject {
  try {
    const key = createPrivateKey(pem);
    if (key.asymmetricKeyType === 'ed25519') return key;
  } catch {
    // The error of OpenSSL says less than the one below.
  }
  throw new SheetError(`${path} has no Ed25519 key; cure: move that file away, and hand in again`);
}
