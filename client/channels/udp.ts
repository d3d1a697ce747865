import { createSocket } from 'node:dgram';
import { type Channel, ConnectionLostError, Inbox, type OpenChannel } from './channel.ts';
import { opened } from './opened.ts';

/** A connected socket: it receives replies of this server only, and reports a closed port. */
export const openUdp: OpenChannel = async ({ address, port, timeout }, signal) => {
  const socket = createSocket('udp4');
  socket.connect(port, address);
  await opened(socket, 'connect', { timeout, signal });

  const inbox = new Inbox();
  let open = true;
  socket
    .on('message', (bytes) => inbox.push(bytes))
    .on('error', (cause) => inbox.lose(new ConnectionLostError('refused', { cause })))
    .once('close', () => {
      open = false;
    });

  return {
    localPort: socket.address().port,
    get open() {
      return inbox.open;
    },
    send: (payload) => socket.send(payload),
    receive: (aborted) => inbox.receive(aborted),
    takeWaiting: () => inbox.takeWaiting(),
    close: () => void (open && socket.close()),
  } satisfies Channel;
};
