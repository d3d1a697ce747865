import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A certificate, its key, and the CA that verifies other certificates; all PEM. */
export interface Credentials {
  readonly ca: Buffer;
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The certificates of this program can't be read. */
export class CredentialsError extends Error {
  readonly code = 'LAB_CREDENTIALS';
}

/** Reads the files that the service `certificates` makes for a program. @throws CredentialsError */
export async function readCredentials(folder: string): Promise<Credentials> {
  const read = async (name: string) => {
    const path = join(folder, name);
    return readFile(path).catch((cause: NodeJS.ErrnoException) => {
      throw new CredentialsError(
        `${path} can't be read (${cause.code}); the service "certificates" makes this file`,
        {
          cause,
        },
      );
    });
  };
  const [ca, cert, key] = await Promise.all(['ca.pem', 'certificate.pem', 'key.pem'].map(read));
  return { ca: ca!, cert: cert!, key: key! };
}
