import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { answerLast } from '#lib/live/last-answer.ts';
import type { Timer } from '#lib/runtime/timer.ts';

/** Headers of a WebSocket handshake (RFC 6455, 4.1). The cookie and everything else stay here. */
const PASSED_ON = [
  'connection',
  'upgrade',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
];
/** How long the client host may take to answer the handshake, in ms. */
const PATIENCE_MS = 10_000;
const ABSENT = 'HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\n\r\n';

export interface Connecting {
  readonly socket: Socket;
  readonly head: Buffer;
  /** The Unix socket of the program in the client host. */
  readonly path: string;
  readonly timer: Timer;
}

/** Connects the WebSocket of a terminal to the shell in the client host, which answers the handshake itself. */
export function connectShell(incoming: IncomingMessage, { socket, head, path, timer }: Connecting): void {
  const headers = Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = incoming.headers[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  const outgoing = request({ socketPath: path, path: '/shell', headers });
  const cancel = timer(PATIENCE_MS, () => outgoing.destroy(new Error('no answer')));
  outgoing
    .once('upgrade', (response, shell, begun) => {
      cancel();
      socket.write(headOf(response));
      socket.write(begun);
      shell.write(head);
      join(socket, shell);
    })
    .once('response', async (response) => {
      const refusal = await text(response).catch(() => '');
      answerLast(socket, headOf(response) + refusal, timer);
    })
    .once('error', () => answerLast(socket, ABSENT, timer))
    .once('close', cancel);
  socket.once('close', () => outgoing.destroy());
  outgoing.end();
}

function join(socket: Duplex, shell: Duplex): void {
  shell.pipe(socket).pipe(shell);
  // A WebSocket is closed in both directions at once (RFC 6455, 7.1.1).
  socket.once('end', () => shell.destroy());
  for (const [one, other] of [
    [shell, socket],
    [socket, shell],
  ] as const)
    one.on('error', () => other.destroy()).once('close', () => other.destroy());
}

function headOf({ statusCode, statusMessage, rawHeaders }: IncomingMessage): string {
  const lines = rawHeaders.flatMap((name, at) =>
    at % 2 === 0 ? [`${name}: ${rawHeaders[at + 1]}\r\n`] : [],
  );
  return `HTTP/1.1 ${statusCode} ${statusMessage}\r\n${lines.join('')}\r\n`;
}
