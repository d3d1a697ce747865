import { once } from 'node:events';
import { type AddressInfo, connect, type Socket } from 'node:net';
import {
  type ConnectionOptions,
  connect as connectTls,
  createServer,
  type Server,
  type TLSSocket,
  type TlsOptions,
} from 'node:tls';
import { afterEach } from '@jest/globals';
import type { TlsConfig } from './config.ts';
import { ca, openTestTls, type TestTls } from './testing.ts';

/** Gives each test of a file echo servers over TLS, and clients. All of them end after the test. */
export function useTlsServers() {
  const servers: Server[] = [];
  const clients: Socket[] = [];
  const state = {
    opened: undefined as unknown as TestTls,
    /** The connections, on the side of the servers. */
    served: [] as TLSSocket[],
    serve,
    listen,
    plainClient,
    tlsClient,
  };

  afterEach(async () => {
    for (const socket of clients.splice(0)) socket.destroy();
    for (const server of servers.splice(0)) server.close();
    state.served = [];
    await state.opened.close();
  });

  /** Opens TLS with these settings and a first server. Returns its port. */
  async function serve(
    settings: Partial<TlsConfig> = {},
    { handshakeMs, ...options }: TlsOptions & { handshakeMs?: number } = {},
  ): Promise<number> {
    state.opened = await openTestTls(settings, handshakeMs === undefined ? {} : { handshakeMs });
    return listen(options);
  }

  /** Starts one more server. Returns its port. */
  async function listen(options: TlsOptions = {}): Promise<number> {
    const { tls } = state.opened;
    const server = tls.watch(
      createServer({ ...tls.options, ...options }, (socket) => {
        state.served.push(socket);
        socket.on('error', () => undefined).pipe(socket);
      }),
    );
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return (server.address() as AddressInfo).port;
  }

  /** A client without TLS. */
  async function plainClient(port: number): Promise<Socket> {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    clients.push(socket);
    await once(socket, 'connect');
    return socket;
  }

  function tlsClient(port: number, options: ConnectionOptions = {}): TLSSocket {
    const socket = connectTls({ host: '127.0.0.1', port, ca, ...options });
    clients.push(socket);
    return socket.on('error', () => undefined);
  }

  return state;
}

/** Whether a client gets its echo. */
export async function isServed(socket: TLSSocket): Promise<boolean> {
  socket.write('Hey');
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('data', () => resolve(true)).once('close', () => resolve(false));
  return promise;
}
