import { isIP } from 'node:net';

/** What the Host header of a request says, if the server is reached by that name (RFC 9110, 7.2). */
export interface ReachedBy {
  /** Name or address, and port, as the browser has them in its address bar. */
  readonly host: string;
  /** Empty for the default port of HTTP. */
  readonly port: string;
}

/** The names that no other machine can have, at any port: a tunnel may end at another one. */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

/** What a port is called by a browser besides the names of the loopback address. A forged Host has any of these names. */
export interface Reachable {
  /** The address of this machine at which the port is published; of several, or of all, `0.0.0.0`. */
  readonly address: string;
  /** Names of this machine that a class uses. */
  readonly names: readonly string[];
}

/** The port of the controls is published on the loopback address alone. */
export const THIS_MACHINE: Reachable = { address: '127.0.0.1', names: [] };

/**
 * Reads a Host header. It is undefined for a name that the server does not have. A page of somebody else can give its name
 * this machine's address (DNS rebinding), but the browser still sends the name. With all addresses published, any address
 * is right, because an address can't be given away.
 */
export function readHost(header: string | undefined, { address, names }: Reachable): ReachedBy | undefined {
  const [, name = '', port = ''] = /^(\[[\da-f:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/i.exec(header ?? '') ?? [];
  const host = name.toLowerCase();
  const isLoopback = LOOPBACK.includes(host);
  const isAddress = isIP(host.replace(/^\[|\]$/g, '')) > 0;
  const isOwn = address === '0.0.0.0' ? isAddress : host === address;
  if (!isLoopback && !isOwn && !names.some((own) => own.toLowerCase() === host)) return undefined;
  return { host: header!.toLowerCase(), port };
}
