import { type IncomingMessage, request } from 'node:http';
import type { Duplex } from 'node:stream';

/** Headers of a WebSocket handshake (RFC 6455, 4.1). The cookie and everything else stay here. */
const PASSED_ON = [
  'connection',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
];

/** Connects the WebSocket of a terminal to the shell in the client host, which answers the handshake itself. */
export function connectShell(
  incoming: IncomingMessage,
  { socket, head, path }: { readonly socket: Duplex; readonly head: Buffer; readonly path: string },
): void {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = incoming.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const outgoing = request({ socketPath: path, path: '/shell', headers })
    .once('upgrade', (response, shell, begun) => {
      socket.write(headOf(response));
      socket.write(begun);
      shell.write(head);
      shell.pipe(socket).pipe(shell);
      // A WebSocket is closed in both directions at once (RFC 6455, 7.1.1).
      socket.once('end', () => shell.destroy());
      for (const [one, other] of [
        [shell, socket],
        [socket, shell],
      ] as const)
        one.on('error', () => other.destroy()).once('close', () => other.destroy());
    })
    .once('response', (response) => {
      socket.write(headOf(response));
      response.pipe(socket);
    })
    .once('error', () => socket.end('HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n'));
  socket.once('close', () => outgoing.destroy());
  outgoing.end();
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}\r\n`] : [],
  );
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`;
}
