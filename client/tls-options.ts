import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';

export const tlsVersions = ['1.3', '1.2'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

export interface TlsChoice {
  /** The TLS version to use; by default the newest that both sides know. */
  readonly version?: TlsVersion;
  /** Path of the CA that must have signed the server's certificate, PEM. */
  readonly ca: string;
  /** Paths of a client certificate and its key, PEM. `false`: send none, even if the server asks for one. */
  readonly certificate: string | false;
  readonly key: string;
  /** Accepts any certificate of the server. */
  readonly insecure: boolean;
}

/** A file of the TLS options can't be read. */
export class TlsOptionsError extends Error {
  readonly code = 'LAB_TLS_OPTIONS';
}

/** Reads the files of a TLS connection. @throws TlsOptionsError */
export function readTlsOptions({ version, ca, certificate, key, insecure }: TlsChoice): ConnectionOptions {
  const versions = version && {
    minVersion: `TLSv${version}` as const,
    maxVersion: `TLSv${version}` as const,
  };
  return {
    ...versions,
    ...(!insecure && { ca: readCertificate('--ca', ca) }),
    ...(certificate !== false && readPair(certificate, key)),
    rejectUnauthorized: !insecure,
  };
}

function readPair(certificate: string, keyPath: string) {
  const cert = readCertificate('--certificate', certificate);
  const key = read('--key', keyPath);
  const parsed = parse('--key', keyPath, 'a private key', () => createPrivateKey(key));
  if (!new X509Certificate(cert).checkPrivateKey(parsed)) {
    throw new TlsOptionsError(`--key is "${keyPath}"; allowed: the key of --certificate, "${certificate}"`);
  }
  return { cert, key };
}

function readCertificate(option: string, path: string): Buffer {
  const pem = read(option, path);
  // Node.js would ignore a file without a certificate.
  parse(option, path, 'a certificate', () => new X509Certificate(pem));
  return pem;
}

function read(option: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new TlsOptionsError(`${option} is "${path}", which can't be read (${code}); allowed: a PEM file`, {
      cause,
    });
  }
}

function parse<Parsed>(option: string, path: string, what: string, make: () => Parsed): Parsed {
  try {
    return make();
  } catch (cause) {
    throw new TlsOptionsError(`${option} is "${path}", which is not ${what}; allowed: ${what}, PEM`, {
      cause,
    });
  }
}
