import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { eventually } from '../../../tests/eventually.ts';
import type { Runs } from '../runs.ts';
import { useRemote } from '../testing.ts';
import type { Shell, Size } from './shell.ts';
import { MOST_SHELLS, Shells } from './shells.ts';

const WITHIN_MS = 20_000;
const PING_MS = 30_000;

/** A shell that a test plays. */
class PlayedShell implements Shell {
  readonly printed = new PassThrough({ highWaterMark: 0 });
  readonly #ended = Promise.withResolvers<number>();
  readonly ended = this.#ended.promise;
  readonly sizes: Size[] = [];
  typed = '';
  isEnded = false;
  /** Whether its programs read what is typed. */
  isReading = true;

  output() {
    return this.printed;
  }

  async write(bytes: Buffer): Promise<void> {
    if (!this.isReading) await new Promise(() => undefined);
    this.typed += bytes;
  }

  resize(size: Size): void {
    this.sizes.push(size);
  }

  exit(code: number): void {
    this.#ended.resolve(code);
    this.printed.end();
  }

  end(): void {
    this.isEnded = true;
    this.exit(129);
  }
}

let opened: PlayedShell[] = [];
let failure: Error | undefined;
const remote = useRemote((timer) => ({
  runs: {} as Runs,
  shells: new Shells({
    async open() {
      if (failure) throw failure;
      const shell = new PlayedShell();
      opened.push(shell);
      return shell;
    },
    timer,
  }),
  timer,
}));
beforeEach(() => {
  opened = [];
  failure = undefined;
});

/** A terminal, as the page has it, that does not say by itself what it has shown. */
class Terminal {
  readonly socket: WebSocket;
  got = 0;
  text = '';
  closed: { readonly code: number; readonly reason: string } | undefined;

  constructor(options = {}) {
    this.socket = new WebSocket(`ws+unix://${remote.path}:/shell`, options);
    this.socket.on('message', (data: Buffer) => {
      this.got += data.length;
      this.text = `${this.text}${data}`.slice(-1_000);
    });
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
  }

  async isClosed() {
    return eventually('the end of the connection', WITHIN_MS, () => this.closed);
  }
}

async function connect(options = {}) {
  const terminal = new Terminal(options);
  await once(terminal.socket, 'open');
  const shell = await eventually('a shell', WITHIN_MS, () => opened.at(-1));
  return { terminal, shell };
}

describe('a terminal and its shell', () => {
  test('exchange bytes both ways', async () => {
    const { terminal, shell } = await connect();
    terminal.socket.send(Buffer.from('ls\r'));
    terminal.socket.send(Buffer.from('\x03'));
    await eventually('what was typed', WITHIN_MS, () => shell.typed === 'ls\r\x03');
    shell.printed.write('file\r\n');
    await eventually('what was printed', WITHIN_MS, () => terminal.text === 'file\r\n');
  });

  test('have the same size', async () => {
    const { terminal, shell } = await connect();
    terminal.socket.send('{"columns":132,"rows":43}');
    await eventually('a size', WITHIN_MS, () => shell.sizes.length === 1);
    expect(shell.sizes).toEqual([{ columns: 132, rows: 43 }]);
  });

  test('end together: the exit code is the reason', async () => {
    const { terminal, shell } = await connect();
    shell.printed.write('bye');
    shell.exit(3);
    expect(await terminal.isClosed()).toEqual({ code: 1000, reason: 'exit code 3' });
    expect(terminal.text).toBe('bye');
  });

  test('end together: the page is closed', async () => {
    const { terminal, shell } = await connect();
    terminal.socket.terminate();
    await eventually('the end of the shell', WITHIN_MS, () => shell.isEnded);
  });

  test('end when the terminal sends what is no frame', async () => {
    const { terminal, shell } = await connect();
    terminal.socket.send('{"columns":0}');
    expect(await terminal.isClosed()).toEqual({
      code: 1008,
      reason: 'a text frame is {columns, rows} or {taken}',
    });
    expect(shell.isEnded).toBe(true);
  });
});

describe('a shell', () => {
  const piece = Buffer.alloc(65_536, 'y');

  /** Prints as fast as it may, and returns how much the shell could print. */
  function printForEver(shell: PlayedShell) {
    const state = { printed: 0 };
    const print = () => {
      state.printed += piece.length;
      if (!shell.isEnded) shell.printed.write(piece, print);
    };
    print();
    return state;
  }

  test('waits until the terminal has shown what it printed', async () => {
    const { terminal, shell } = await connect();
    const state = printForEver(shell);
    await eventually('a MiB', WITHIN_MS, () => terminal.got > 2 ** 20);
    // Nothing more comes, whatever else happens meanwhile.
    terminal.socket.ping();
    await once(terminal.socket, 'pong');
    expect(terminal.got).toBe(2 ** 20 + piece.length);
    expect(state.printed).toBeLessThanOrEqual(terminal.got + 4 * piece.length);
    terminal.socket.send(JSON.stringify({ taken: terminal.got }));
    await eventually('the next MiB', WITHIN_MS, () => terminal.got >= 2 * 2 ** 20);
  });

  test('that waits ends with the page', async () => {
    const { terminal, shell } = await connect();
    printForEver(shell);
    await eventually('a MiB', WITHIN_MS, () => terminal.got > 2 ** 20);
    terminal.socket.close();
    await eventually('the end of the shell', WITHIN_MS, () => shell.isEnded);
  });

  test('whose programs read nothing gets only so much input', async () => {
    const { terminal, shell } = await connect();
    shell.isReading = false;
    for (let count = 0; count < 5; count += 1) terminal.socket.send(Buffer.alloc(2 ** 20));
    expect(await terminal.isClosed()).toEqual({ code: 1009, reason: 'more input than the program reads' });
    expect(shell.isEnded).toBe(true);
  });

  test('ends when its page has left without a word', async () => {
    const { terminal, shell } = await connect({ autoPong: false });
    remote.time.ring(PING_MS);
    await once(terminal.socket, 'ping');
    expect(shell.isEnded).toBe(false);
    remote.time.ring(PING_MS);
    await eventually('the end of the shell', WITHIN_MS, () => shell.isEnded);
  });

  test('goes on while its page answers', async () => {
    const { terminal, shell } = await connect();
    for (let count = 0; count < 3; count += 1) {
      remote.time.ring(PING_MS);
      await once(terminal.socket, 'ping');
      // The answer to this one comes after the answer to that ping.
      terminal.socket.ping();
      await once(terminal.socket, 'pong');
    }
    expect(shell.isEnded).toBe(false);
    expect(remote.time.times).toEqual([PING_MS]);
  });
});

test('only a few shells are open at once', async () => {
  const terminals = [];
  for (let count = 0; count < MOST_SHELLS; count += 1) terminals.push((await connect()).terminal);
  const fifth = new Terminal();
  expect(await fifth.isClosed()).toEqual({
    code: 1013,
    reason: '4 shells are open already; end one of them',
  });
  terminals[0]!.socket.close();
  await terminals[0]!.isClosed();
  const sixth = new Terminal();
  await eventually('another shell', WITHIN_MS, () => opened.length === MOST_SHELLS + 1);
  expect(sixth.closed).toBeUndefined();
});

test('why there is no shell is the reason of the end', async () => {
  failure = new Error(`there is no terminal: ${'ä'.repeat(100)}`);
  const terminal = new Terminal();
  const { code, reason } = await terminal.isClosed();
  expect(code).toBe(1011);
  expect(reason).toMatch(/^there is no terminal: ä+$/);
  failure = undefined;
  // Its place is free.
  for (let count = 0; count < MOST_SHELLS; count += 1) await connect();
});

test('another path is no shell', async () => {
  const socket = new WebSocket(`ws+unix://${remote.path}:/runs`);
  const [error] = await once(socket, 'error');
  expect(error.message).toBe('Unexpected server response: 404');
});
