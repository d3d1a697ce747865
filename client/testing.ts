import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { afterEach, beforeEach, jest } from '@jest/globals';
import type { Log } from '#lib/runtime/log.ts';
import { optionNames } from '#lib/runtime/options.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import { refused } from '../tests/closed-port.ts';
import { type EchoOptions, echo } from './commands/echo.ts';
import type { Questions } from './questions.ts';

/** How long the client waits for an echo by default, in seconds: practically for ever. Scripts bring their own timeouts. */
const PATIENCE_S = 1_000;

/** What the server does with a message: sends an echo, another reply, or something else. `leave` is a reset for good. */
export type Action = 'echo' | 'timeout' | 'reset' | 'close' | 'leave' | 'interrupt' | Buffer | string;

/** The lines of an exchange of `Hey`. */
export const seed = {
  ready: '[CLIENT] Message is ready to send: (Hey|e4599fa9)',
  valid: [
    '[CLIENT] Message received: Hey|e4599fa9',
    '[CLIENT] Current: e4599fa9 & Original: e4599fa9',
    '[CLIENT] Received valid reply: Hey',
  ],
  lost: ['[CLIENT] Message received: error_code', '[CLIENT] Invalid format (possible attack)'],
  closed: '[CLIENT] Connection closed',
};

/** Runs `client echo` in each test of a file against a scripted server, over TLS when options for it are given. */
export function useScriptedServer(tls?: TlsOptions) {
  const sleep = jest.fn<Sleep>();
  const server = tls ? createTlsServer(tls) : createServer();
  const connection = tls ? 'secureConnection' : 'connection';
  let script: Action[];
  let interrupt: AbortController;
  let late: AbortController;
  let timeouts: { mockRestore(): void };
  const state = { port: 0, connections: 0, received: [] as string[], server, sleep, run, connected };

  beforeEach(async () => {
    Object.assign(state, { connections: 0, received: [] });
    interrupt = new AbortController();
    sleep.mockReset().mockResolvedValue();
    timeouts = jest.spyOn(AbortSignal, 'timeout').mockImplementation((milliseconds) => {
      late = new AbortController();
      if (milliseconds < PATIENCE_S * 1_000) setTimeout(timeOut, milliseconds, late).unref();
      return late.signal;
    });
    server.removeAllListeners(connection).on(connection, (socket: Socket) => {
      state.connections += 1;
      socket.on('error', () => undefined).on('data', (bytes) => act(socket, bytes));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    state.port = (server.address() as AddressInfo).port;
  });

  afterEach(() => {
    interrupt.abort();
    timeouts.mockRestore();
    server.close();
  });

  function timeOut(waiting: AbortController): void {
    waiting.abort(new DOMException('', 'TimeoutError'));
  }

  function act(socket: Socket, bytes: Buffer): void {
    state.received.push(String(bytes));
    const action = script.shift() ?? 'echo';
    if (action === 'echo') socket.write(bytes);
    else if (action === 'reset') socket.resetAndDestroy();
    else if (action === 'close') socket.end();
    else if (action === 'leave') leave(socket);
    else if (action === 'interrupt') interrupt.abort();
    else if (action === 'timeout') timeOut(late);
    else socket.write(action);
  }

  async function leave(socket: Socket): Promise<void> {
    server.close();
    await refused('tcp', state.port);
    socket.resetAndDestroy();
  }

  function connected(): string {
    return `[CLIENT] Connected to 127.0.0.1:${state.port} via TCP`;
  }

  async function run(
    actions: Action[],
    given: Partial<EchoOptions> = {},
    questions: Partial<Questions> = {},
  ) {
    script = actions;
    const lines: string[] = [];
    const log = {
      info: (line: string) => lines.push(line),
      error: (line: string) => lines.push(`error: ${line}`),
    } as unknown as Log;
    const options: EchoOptions = {
      address: '127.0.0.1',
      port: state.port,
      protocol: 'tcp',
      retries: 3,
      timeout: PATIENCE_S,
      count: 1,
      concurrency: 1,
      backoff: false,
      reference: false,
      json: false,
      ...given,
    };
    const code = await echo(options, {
      log,
      nameOf: optionNames({}),
      sleep,
      random: () => 1,
      questions: { ask: undefined, lines: (async function* () {})(), close: () => undefined, ...questions },
      interrupted: interrupt.signal,
    });
    return { code, lines };
  }

  return state;
}
