import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { eventually } from './eventually.ts';

/** How long a datagram may take to be refused, in ms. The system refuses it while it is sent, if at all. */
const REFUSAL_MS = 20;

/**
 * Waits until a port of this machine that was just closed is free. When another thread starts a program, the program
 * has all sockets of this process for a moment. So long a closed port still accepts connections and datagrams.
 */
export async function refused(protocol: 'tcp' | 'udp', port: number): Promise<void> {
  const isRefused = protocol === 'tcp' ? refusesConnection : refusesDatagram;
  await eventually(`a refusal of ${protocol} port ${port}`, 10_000, () => isRefused(port));
}

function refusesConnection(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
      .once('connect', () => socket.resetAndDestroy())
      .once('error', ({ code }: NodeJS.ErrnoException) => resolve(code === 'ECONNREFUSED'))
      .once('close', () => resolve(false));
  });
}

function refusesDatagram(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise<boolean>((resolve) => {
    socket
      .once('connect', () => socket.send('x'))
      .once('error', () => resolve(true))
      .connect(port, '127.0.0.1');
    setTimeout(resolve, REFUSAL_MS, false);
  }).finally(() => socket.close());
}
