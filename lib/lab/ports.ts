export type Transport = 'tcp' | 'udp';

/** Ports of the servers. `https` and `echoTls` are those for TLS. */
export interface Ports {
  readonly http: number;
  readonly https: number;
  readonly echo: number;
  readonly echoTls: number;
}

export type ServerName = 'http' | 'echo';

/** The server on a port, and whether it speaks TLS there. Undefined when no server has this port. */
export function serverOn(
  port: number,
  { http, https, echo, echoTls }: Ports,
): { readonly server: ServerName; readonly overTls: boolean } | undefined {
  if (port === echo || port === http) return { server: port === echo ? 'echo' : 'http', overTls: false };
  if (port === echoTls || port === https) {
    return { server: port === echoTls ? 'echo' : 'http', overTls: true };
  }
  return undefined;
}

/** Address and port, with brackets around an IPv6 address (RFC 3986, 3.2.2). */
export function endpoint(address: string, port: number | string): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
