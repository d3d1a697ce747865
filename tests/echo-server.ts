import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { hmacKey } from '#lib/message/hmac.ts';
import { portSetting, wayCalled } from './way.ts';

// The echo server as a script in the client host finds it, in the way of the suite that runs it.

const { LAB_WAY, LAB_SERVER_ADDRESS = '', LAB_TOKEN, ...settings } = process.env;

export const way = wayCalled(LAB_WAY);
export const host = LAB_SERVER_ADDRESS;
/** What is known of the server's token: nothing in a suite that sets one against strangers. */
export const token = way === 'token' ? LAB_TOKEN : undefined;
/** What messages are signed with; undefined where they have checksums. */
export const key = hmacKey(token);

/** The server's port. */
export function portOf(server: 'http' | 'echo', protocol: 'tcp' | 'udp' = 'tcp'): number {
  return Number(settings[portSetting(way, server, protocol)]);
}

/** The CA of the server's certificate where TLS is spoken. */
export const ca = way === 'tls' ? await readFile('/certificates/ca.pem') : undefined;

/** What carries a connection that is encrypted. */
const carriers = new WeakMap<Socket, Socket>();

/** A TCP connection to the echo server, encrypted or not, once it is open. @throws the system's error, or that of TLS */
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

/** Resets a connection: what is encrypted can't be reset itself, but what carries it can. */
export function reset(socket: Socket): Socket {
  (carriers.get(socket) ?? socket).resetAndDestroy();
  return socket;
}
