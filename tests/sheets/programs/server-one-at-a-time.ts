import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

// An echo server that serves one connection until its end before it reads from the next one.

let before: Promise<unknown> = Promise.resolve();

async function serve(socket: Socket): Promise<void> {
  socket.on('error', () => undefined);
  socket.pipe(socket);
  await once(socket, 'close');
}

const server = createServer({ pauseOnConnect: true }, (socket) => {
  before = before.then(() => serve(socket.resume()));
});
server.listen(Number(process.argv[2]));
