import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { hmacKey } from '#lib/message/hmac.ts';
import { portSetting, wayCalled } from './way.ts';

// How a script in the client host reaches the echo server, in the way of its suite.

const { LAB_WAY, LAB_SERVER_ADDRESS = '', LAB_TOKEN, ...settings } = process.env;

export const way = wayCalled(LAB_WAY);
export const host = LAB_SERVER_ADDRESS;
/** The server's token; undefined in a suite about clients without the token. */
export const token = way === 'token' ? LAB_TOKEN : undefined;
/** The key that signs messages; undefined when they have checksums. */
export const key = hmacKey(token);

/** The server's port. */
export function portOf(server: 'http' | 'echo', protocol: 'tcp' | 'udp' = 'tcp'): number {
  return Number(settings[portSetting(way, server, protocol)]);
}

/** The CA of the server's certificate, with TLS. */
export const ca = way === 'tls' ? await readFile('/certificates/ca.pem') : undefined;

/** The TCP connection below an encrypted one. */
const carriers = new WeakMap<Socket, Socket>();

/** Opens a TCP connection to the echo server, encrypted or not. @throws the error of the system or of TLS */
export async function connectEcho(): Promise<Socket> {
  const carrier = connect({ host, port: portOf('echo'), noDelay: true });
  if (!ca) {
    await once(carrier, 'connect');
    return carrier;
  }
  const socket = connectTls({ socket: carrier, host, ca });
  carriers.set(socket, carrier);
  await once(socket, 'secureConnect');
  return socket;
}

/** Resets a connection. A TLS socket can't send an RST, but the TCP connection below it can. */
export function reset(socket: Socket): Socket {
  (carriers.get(socket) ?? socket).resetAndDestroy();
  return socket;
}
