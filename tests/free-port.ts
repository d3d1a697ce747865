import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

/** A free TCP port of 127.0.0.1: the first one from `first` on, or any. */
export async function freePort(first = 0): Promise<number> {
  for (let port = first; ; port += 1) {
    const free = await tryPort(port);
    if (free !== undefined) return free;
  }
}

/** Whether a TCP port of 127.0.0.1 is free. */
export async function isFree(port: number): Promise<boolean> {
  return (await tryPort(port)) !== undefined;
}

/** Listens on a port for a moment. @returns the port; undefined when it is taken */
async function tryPort(wanted: number): Promise<number | undefined> {
  const server = createServer().listen(wanted, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE') return undefined;
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
