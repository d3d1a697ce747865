import { once } from 'node:events';
import { createServer } from 'node:net';

/** A TCP port of 127.0.0.1 that nobody listens on: the first from `first` on, or any. */
export async function freePort(first = 0): Promise<number> {
  for (let port = first; ; port += 1) {
    const server = createServer().listen(port, '127.0.0.1');
    try {
      await once(server, 'listening');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue;
      throw error;
    }
    const address = server.address();
    server.close();
    await once(server, 'close');
    return typeof address === 'object' ? address!.port : 0;
  }
}

/** Free ports for the servers of a lab, by their settings: the first ones from `first` on. */
export async function freePorts(first: number) {
  const http = await freePort(first);
  const echo = await freePort(http + 1);
  const https = await freePort(echo + 1);
  const echoTls = await freePort(https + 1);
  return {
    HTTP_PORT: String(http),
    HTTPS_PORT: String(https),
    ECHO_PORT: String(echo),
    ECHO_TLS_PORT: String(echoTls),
  };
}
