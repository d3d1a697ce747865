import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Timer } from '#lib/runtime/timer.ts';
import { Places } from '../places.ts';
import { closings, connectTerminal } from './connection.ts';
import type { Shell, Size } from './shell.ts';

/** Shells at once. */
export const MOST_SHELLS = 4;
/** Bytes of a frame, at most. */
const MOST_BYTES = 2 ** 20;
/** The size until the terminal sends its own. */
const FIRST_SIZE: Size = { columns: 80, rows: 24 };

export interface ShellsParts {
  /** @throws when there is none */
  readonly open: (size: Size) => Promise<Shell>;
  readonly timer: Timer;
}

/** Shells for terminals in a browser: `GET /shell`, a WebSocket. */
export class Shells {
  readonly #parts: ShellsParts;
  readonly #places = new Places(MOST_SHELLS);
  readonly #server = new WebSocketServer({ noServer: true, maxPayload: MOST_BYTES });

  constructor(parts: ShellsParts) {
    this.#parts = parts;
  }

  /** Takes over a connection that wants to be a WebSocket. */
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.#server.handleUpgrade(request, socket, head, (webSocket) => {
      webSocket.on('error', () => webSocket.terminate());
      const leave = this.#places.take();
      if (leave) void this.#connect(webSocket.once('close', leave));
      else webSocket.close(closings.tooMany, `${MOST_SHELLS} shells are open already; end one of them`);
    });
  }

  async #connect(webSocket: WebSocket): Promise<void> {
    // What it sends before there is a shell must not get lost.
    webSocket.pause();
    try {
      const shell = await this.#parts.open(FIRST_SIZE);
      if (webSocket.readyState === WebSocket.OPEN) connectTerminal(webSocket, shell, this.#parts.timer);
      else shell.end();
    } catch (error) {
      webSocket.close(closings.failed, reasonOf(error as Error));
    }
    webSocket.resume();
  }

  close(): void {
    for (const webSocket of this.#server.clients) webSocket.terminate();
  }
}

/** The words of an error, as far as a closing frame has room. */
function reasonOf({ message }: Error): string {
  return Buffer.from(message)
    .subarray(0, 120)
    .toString()
    .replace(/\ufffd+$/, '');
}
