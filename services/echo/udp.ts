import { createSocket, type Socket } from 'node:dgram';

/** A UDP socket that sends every datagram back to where it came from, as RFC 862 has it, apart from binding. */
export function createUdpEcho(): Socket {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port }) => {
    // Fails when the address can't be reached; UDP promises nothing, and the next datagram is served.
    socket.send(message, port, address, () => undefined);
  });
  return socket;
}
