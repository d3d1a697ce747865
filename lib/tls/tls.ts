import { constants } from 'node:crypto';
import type { Socket } from 'node:net';
import { createSecureContext, type Server, type TlsOptions } from 'node:tls';
import type { Note } from '#lib/journal/open-journal.ts';
import type { Log } from '#lib/runtime/log.ts';
import { type Carrier, Carriers } from './carriers.ts';
import type { TlsConfig } from './config.ts';
import { readCredentials } from './credentials.ts';
import { type Peer, watchHandshakes } from './handshakes.ts';
import { openKeyLog } from './key-log.ts';
import { onRenewed, readPatiently } from './renewal.ts';

/** How long a handshake may take, in ms. Until then, a connection that is only half open needs memory. */
const HANDSHAKE_MS = 5_000;
/** How long a server waits for its certificates when it starts, in ms. */
const PATIENCE_MS = 30_000;

/** TLS of a server of the lab. */
export interface Tls {
  readonly options: TlsOptions;
  /** A description, which the server prints when it starts. */
  readonly description: string;
  /** Journals the failed handshakes of a server, and logs the keys of the others. Returns the server. */
  watch<Watched extends Server>(server: Watched): Watched;
  /** The TCP connection below a connection of a watched server. */
  carrierOf(socket: Socket): Carrier | undefined;
  /** Reads the certificates again, for new connections. It runs by itself when the files change. */
  reload(): Promise<void>;
  /** Checks that the keys of connections are logged. Returns in words why they are not, or undefined. */
  check(): string | undefined;
  /** Stops watching for new certificates. */
  close(): void;
}

export interface TlsParts {
  readonly log: Log;
  readonly note: Note;
  /** How long a handshake may take, in ms. */
  readonly handshakeMs?: number;
  /** How long to wait for certificates, in ms. */
  readonly patienceMs?: number;
}

/** @throws CredentialsError when a file can't be read; OpenSSL's error when the files don't fit together */
export async function openTls(
  config: TlsConfig,
  { log, note, handshakeMs = HANDSHAKE_MS, patienceMs = PATIENCE_MS }: TlsParts,
): Promise<Tls> {
  const servers: Server[] = [];
  const carriers = new Carriers();
  const keyLog = config.LAB_TLS_KEYLOG ? openKeyLog(config.TLS_KEYS, log) : undefined;
  const read = async (): Promise<TlsOptions> => {
    const credentials = await readCredentials(config.TLS_CERTIFICATES);
    // Throws when they don't fit together, for example during a renewal.
    createSecureContext(credentials);
    return {
      ...credentials,
      minVersion: `TLSv${config.LAB_TLS_MIN}`,
      requestCert: config.LAB_MTLS,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeMs,
      // A second handshake would end the idle timeout of its connection.
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    };
  };

  function onFailed(why: string, { address, port }: Peer): void {
    const isKnown = port !== 0;
    log.warn(`TLS handshake ${isKnown ? `with ${address}:${port} ` : ''}failed: ${why}`);
    const client = isKnown ? { client_ip: address, client_port: port } : {};
    note('handshake', { ...client, reason: why }).catch((problem) =>
      log.error(`the journal can't be written: ${problem}`),
    );
  }

  async function reload(): Promise<void> {
    try {
      const renewed = await read();
      for (const server of servers) server.setSecureContext(renewed);
      log.info('The certificates were read again');
    } catch (error) {
      log.error(`the new certificates can't be used, the old ones stay: ${error}`);
    }
  }

  const options = await readPatiently(read, patienceMs);
  const close = onRenewed(config.TLS_CERTIFICATES, reload, (problem) =>
    log.warn(`new certificates will be read at the next start only: ${problem}`),
  );
  return {
    options,
    description: [
      `${config.LAB_TLS_MIN} or newer`,
      ...(config.LAB_MTLS ? ['client certificates required'] : []),
      ...(config.LAB_TLS_KEYLOG ? [`keys in ${config.TLS_KEYS}`] : []),
    ].join(', '),
    watch(server) {
      servers.push(server);
      carriers.watch(server);
      watchHandshakes(server, { onFailed, keyLog: keyLog?.write, mutual: config.LAB_MTLS });
      return server;
    },
    carrierOf: (socket) => carriers.of(socket),
    check: () => keyLog?.check(),
    reload,
    close,
  };
}
