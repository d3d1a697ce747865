import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { sleep } from '#lib/runtime/sleep.ts';
import { ca } from '#lib/tls/testing.ts';

export const CLIENTS = 32;

const MESSAGE = Buffer.from('Hey|e4599fa9');
/** How long new connections need until they run at full speed, in ms. */
const SETTLING_MS = 500;
/** How long an echo may take on UDP until the client tries again, in ms. */
const PATIENCE_MS = 200;

export type Protocol = 'tcp' | 'tls' | 'udp';

export interface Rally {
  /** Echoes per second. */
  readonly rate: number;
  /** The longest time of the fastest 99 of 100 echoes, in ms. */
  readonly p99: number;
}

/**
 * Lets 32 clients send messages for a number of milliseconds. Each sends its next message when the echo arrives, and
 * compares the echo with the message.
 *
 * @throws when an echo differs from its message; the signal's reason when aborted
 */
export async function pingPong(
  protocol: Protocol,
  port: number,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Rally> {
  const times: number[] = [];
  const wrong = new AbortController();
  const start = clientOf[protocol];
  await using clients = new AsyncDisposableStack();
  for (let client = 0; client < CLIENTS; client += 1) {
    const stopwatch = new Stopwatch(times, wrong);
    clients.defer(await start(port, stopwatch));
  }
  const until = AbortSignal.any([signal, wrong.signal]);
  await sleep(SETTLING_MS, until);
  times.length = 0;
  const began = performance.now();
  await sleep(milliseconds, until);
  const rate = times.length / ((performance.now() - began) / 1000);
  return { rate, p99: times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)] ?? Number.NaN };
}

/** Times one client's echoes. */
class Stopwatch {
  readonly #times: number[];
  readonly #wrong: AbortController;
  #sent = 0;

  constructor(times: number[], wrong: AbortController) {
    this.#times = times;
    this.#wrong = wrong;
  }

  start(): void {
    this.#sent = performance.now();
  }

  stop(echo: Buffer): void {
    this.#times.push(performance.now() - this.#sent);
    if (!echo.equals(MESSAGE)) this.#wrong.abort(new Error(`the echo was "${echo}"`));
  }
}

/** @returns a function that ends the client */
type Start = (port: number, stopwatch: Stopwatch) => Promise<() => void>;

async function tcpClient(port: number, stopwatch: Stopwatch): Promise<() => void> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  await once(socket, 'connect');
  return play(socket, stopwatch);
}

async function tlsClient(port: number, stopwatch: Stopwatch): Promise<() => void> {
  const socket = connectTls({ port, host: '127.0.0.1', ca });
  socket.setNoDelay();
  await once(socket, 'secureConnect');
  return play(socket, stopwatch);
}

function play(socket: Socket, stopwatch: Stopwatch): () => void {
  const send = () => {
    stopwatch.start();
    socket.write(MESSAGE);
  };
  let received: Buffer[] = [];
  let missing = MESSAGE.length;
  socket
    .on('error', () => undefined)
    .on('data', (bytes) => {
      received.push(bytes);
      missing -= bytes.length;
      if (missing > 0) return;
      stopwatch.stop(Buffer.concat(received));
      received = [];
      missing = MESSAGE.length;
      send();
    });
  send();
  return () => socket.destroy();
}

async function udpClient(port: number, stopwatch: Stopwatch): Promise<() => void> {
  const socket = createSocket('udp4');
  socket.connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const send = () => {
    stopwatch.start();
    socket.send(MESSAGE);
  };
  const patience = setInterval(send, PATIENCE_MS);
  socket
    .on('error', () => undefined)
    .on('message', (echo) => {
      stopwatch.stop(echo);
      patience.refresh();
      send();
    });
  send();
  return () => {
    clearInterval(patience);
    socket.close();
  };
}

const clientOf: Readonly<Record<Protocol, Start>> = { tcp: tcpClient, tls: tlsClient, udp: udpClient };
