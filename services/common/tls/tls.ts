import { AsyncLocalStorage } from 'node:async_hooks';
import type { Socket } from 'node:net';
import { createSecureContext, type Server, type TLSSocket, type TlsOptions } from 'node:tls';
import type { Log } from '../log.ts';
import type { Note } from '../open-journal.ts';
import type { TlsConfig } from './config.ts';
import { readCredentials } from './credentials.ts';
import { explainHandshakeFailure, LEFT_WITHOUT_A_WORD } from './handshake-failure.ts';
import { openKeyLog } from './key-log.ts';
import { onRenewed, readPatiently } from './renewal.ts';

/** How long a handshake may take, in ms. A connection that is only half open costs memory for so long. */
const HANDSHAKE_MS = 5_000;
/** How long a server waits for its certificates when it starts, in ms. */
const PATIENCE_MS = 10_000;

/** TLS as the servers of the lab speak it. */
export interface Tls {
  readonly options: TlsOptions;
  /** In words for who starts it. */
  readonly said: string;
  /** Journals the handshakes that fail on a server, and logs the keys of the others. Returns the server. */
  watch<Watched extends Server>(server: Watched): Watched;
  /** Reads the certificates again, for connections that come from now on: which happens by itself when they change. */
  reload(): Promise<void>;
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
    };
  };

  function failed(error: NodeJS.ErrnoException & { reason?: string }, socket: TLSSocket, peer: Peer): void {
    const why = explainHandshakeFailure({
      code: error.code,
      reason: error.reason,
      // Not an error where no certificate is wanted.
      certificate: config.LAB_MTLS
        ? ((socket.authorizationError as unknown as string | null) ?? undefined)
        : undefined,
      left: socket.readableEnded,
    });
    report(why, peer);
  }

  function report(why: string, { address, port }: Peer): void {
    // One that has reset its connection before it was looked at has no name any more.
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
  const close = onRenewed(config.TLS_CERTIFICATES, reload);
  return {
    options,
    said: [
      `${config.LAB_TLS_MIN} or newer`,
      ...(config.LAB_MTLS ? ['client certificates wanted'] : []),
      ...(config.LAB_TLS_KEYLOG ? [`keys in ${config.TLS_KEYS}`] : []),
    ].join(', '),
    watch(server) {
      servers.push(server);
      const shaking = new WeakMap<TLSSocket, Shaking>();
      // A socket that is closed no longer knows whose it was, and one that has failed may be closed.
      const connecting = new AsyncLocalStorage<Peer>();
      return server
        .prependListener('connection', (socket) => {
          const peer = peerOf(socket);
          const enter = () => connecting.enterWith(peer);
          enter();
          // What its close sets off does not come out of this event, and a client may leave before any key is made.
          socket.once('close', enter);
        })
        .on('keylog', (line: Buffer, socket: TLSSocket) => {
          keyLog?.(line);
          if (shaking.has(socket)) return;
          // A client that leaves in the middle is noticed at once, and not when its time is up.
          const leave = () => socket.destroy();
          socket.once('end', leave);
          shaking.set(socket, { peer: peerOf(socket), leave });
        })
        .on('secureConnection', (socket) => {
          const { peer, leave } = shaking.get(socket)!;
          socket.off('end', leave);
          // By TLS 1.2 the server is done before a client on Node has looked at its certificate.
          if (socket.getProtocol() !== 'TLSv1.2') return;
          socket.once('close', () => {
            const { bytesRead, bytesWritten, readableEnded, errored } = socket;
            // A server that is told to end, or that refuses a client, ends a connection itself.
            const left = readableEnded || errored;
            if (left && bytesRead + bytesWritten === 0) report(LEFT_WITHOUT_A_WORD, peer);
          });
        })
        .on('tlsClientError', (error, socket) => {
          failed(error, socket, shaking.get(socket)?.peer ?? connecting.getStore() ?? peerOf(socket));
          socket.destroy();
        });
    },
    reload,
    close,
  };
}

/** A connection whose handshake is under way. */
interface Shaking {
  readonly peer: Peer;
  readonly leave: () => void;
}

interface Peer {
  readonly address: string;
  readonly port: number;
}

function peerOf({ remoteAddress = '', remotePort = 0 }: Socket): Peer {
  return { address: remoteAddress.replace(/^::ffff:/, ''), port: remotePort };
}
