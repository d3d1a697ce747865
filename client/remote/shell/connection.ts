import type { WebSocket } from 'ws';
import type { Timer } from '#lib/runtime/timer.ts';
import { readFrame } from './from-terminal.ts';
import type { Shell } from './shell.ts';

/** Bytes that the terminal has not shown yet, at most. Then the shell waits. */
const MOST_SHOWN_LATER = 2 ** 20;
/** Bytes that the programs on the terminal have not read yet, at most. */
const MOST_READ_LATER = 4 * 2 ** 20;
/** How often the other end is asked whether it is still there, in ms. It has the same time to answer. */
const PING_MS = 30_000;

/** Why a WebSocket ends (RFC 6455, 7.4.1). The reason is for a person, at most 123 bytes. */
export const closings = {
  ended: 1000,
  wrongFrame: 1008,
  tooMuch: 1009,
  failed: 1011,
  tooMany: 1013,
} as const;

/** Connects a terminal in a browser with a shell, until one of them ends. */
export function connectTerminal(socket: WebSocket, shell: Shell, timer: Timer): void {
  const output = new Output(socket, shell);
  const input = new Input(shell);
  const refuse = (code: number, reason: string) => {
    socket.close(code, reason);
    shell.end();
  };
  socket.on('message', (data: Buffer, isBinary) => {
    if (isBinary) {
      if (!input.take(data)) refuse(closings.tooMuch, 'more input than the program reads');
      return;
    }
    const frame = readFrame(data.toString());
    if (!frame) refuse(closings.wrongFrame, 'a text frame is {columns, rows} or {taken}');
    else if ('taken' in frame) output.onShown(frame.taken);
    else shell.resize(frame);
  });
  socket.on('close', () => {
    output.onShown(Number.POSITIVE_INFINITY);
    shell.end();
  });
  endWhenGone(socket, timer);
  void output.send().then(async () => socket.close(closings.ended, `exit code ${await shell.ended}`));
}

/** What the shell prints. */
class Output {
  readonly #socket: WebSocket;
  readonly #shell: Shell;
  #shownLater = 0;
  #goOn: (() => void) | undefined;

  constructor(socket: WebSocket, shell: Shell) {
    this.#socket = socket;
    this.#shell = shell;
  }

  async send(): Promise<void> {
    for await (const bytes of this.#shell.output()) {
      this.#socket.send(bytes);
      this.#shownLater += bytes.length;
      if (this.#shownLater > MOST_SHOWN_LATER) {
        const { promise, resolve } = Promise.withResolvers<void>();
        this.#goOn = resolve;
        await promise;
      }
    }
  }

  /** The terminal has shown bytes. */
  onShown(bytes: number): void {
    this.#shownLater = Math.max(0, this.#shownLater - bytes);
    if (this.#shownLater <= MOST_SHOWN_LATER) this.#goOn?.();
  }
}

/** What a person types. */
class Input {
  readonly #shell: Shell;
  #readLater = 0;
  #before: Promise<void> = Promise.resolve();

  constructor(shell: Shell) {
    this.#shell = shell;
  }

  /** @returns false when there is too much of it */
  take(bytes: Buffer): boolean {
    this.#readLater += bytes.length;
    if (this.#readLater > MOST_READ_LATER) return false;
    this.#before = this.#before
      .then(() => this.#shell.write(bytes))
      .then(() => {
        this.#readLater -= bytes.length;
      });
    return true;
  }
}

/** Ends a connection whose other end has left without a word. */
function endWhenGone(socket: WebSocket, timer: Timer): void {
  let isThere = true;
  socket.on('pong', () => {
    isThere = true;
  });
  const ask = () => {
    if (!isThere) return socket.terminate();
    isThere = false;
    socket.ping();
    cancel = timer(PING_MS, ask);
  };
  let cancel = timer(PING_MS, ask);
  socket.on('close', () => cancel());
}
