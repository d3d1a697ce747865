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

/** How long a handshake may take, in ms. A connection that is only half open costs memory for so long. */
const HANDSHAKE_MS = 5_000;
/** How long a server waits for its certificates when it starts, in ms. */
const PATIENCE_MS = 30_000;

/** TLS as the servers of the lab speak it. */
export interface Tls {
  readonly options: TlsOptions;
  /** In words for who starts it. */
  readonly said: string;
  /** Journals the handshakes that fail on a server, and logs the keys of the others. Returns the server. */
  watch<Watched extends Server>(server: Watched): Watched;
  /** The TCP connection below one of those servers. */
  carrierOf(socket: Socket): Carrier | undefined;
  /** Reads the certificates again, for connections that come from now on: which happens by itself when they change. */
  reload(): Promise<void>;
  /** Looks whether the keys of connections are logged. Says why they are not, in words. */
  check(): string | undefined;
  /** Looks for new certificates no more. */
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

/** @throws CredentialsError when there are no certificates, OpenSSL's error when they are none or of another key */
export async function openTls(
  config: TlsConfig,
  { log, note, handshakeMs = HANDSHAKE_MS, patienceMs = PATIENCE_MS }: TlsParts,
): Promise<Tls> {
  const servers: Server[] = [];
  const carriers = new Carriers();
  const keyLog = config.LAB_TLS_KEYLOG ? openKeyLog(config.TLS_KEYS, log) : undefined;
  const read = async (): Promise<TlsOptions> => {
    const credentials = await readCredentials(config.TLS_CERTIFICATES);
    // Throws where they do not fit each other, such as in the middle of a renewal.
    createSecureContext(credentials);
    return {
      ...credentials,
      minVersion: `TLSv${config.LAB_TLS_MIN}`,
      requestCert: config.LAB_MTLS,
      rejectUnauthorized: true,
      handshakeTimeout: handshakeMs,
      // A second handshake would end the idle time-out of its connection.
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
      log.error(`the certificates stay as they were: ${error}`);
    }
  }

  const options = await readPatiently(read, patienceMs);
  const close = onRenewed(config.TLS_CERTIFICATES, reload, (problem) =>
    log.warn(`new certificates are taken at the next start only: ${problem}`),
  );
  return {
    options,
    said: [
      `${config.LAB_TLS_MIN} or newer`,
      ...(config.LAB_MTLS ? ['client certificates wanted'] : []),
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
