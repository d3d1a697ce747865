import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { sleep } from '#lib/runtime/sleep.ts';
import { timer } from '#lib/runtime/timer.ts';
import { HEADER_BYTES, LARGEST_PAYLOAD } from '#lib/transfer/datagram.ts';
import type { ModeName } from '#lib/transfer/kinds.ts';
import { retransmissions } from '#lib/transfer/sending.ts';
import { defaults } from '../client/commands/send.ts';
import type { Payloads } from '../client/transfer/payloads.ts';
import { ClientTransfer } from '../client/transfer/transfer.ts';

// Ways to move bytes to a server on 127.0.0.1, each timed from its first datagram to the last answer.

/** Bounds of the retransmission timeout, in ms. */
export const RTO = { min: defaults.minRto, max: defaults.maxRto };
/** The bytes in one write to a TCP socket. */
const PIECE = Buffer.alloc(64 * 1024);

export interface Moved {
  readonly seconds: number;
  /** Bytes of the application. */
  readonly bytes: number;
  /** Datagrams that were sent, retransmissions included. */
  readonly datagrams: number;
  /** User and system time of this process, in seconds. */
  readonly cpu: number;
}

export interface Transferred extends Moved {
  /** Bytes that were sent, with headers and retransmissions. */
  readonly bytesSent: number;
  /** The mean of the measured round trips, in seconds. A median would hide the long ones, which cost time too. */
  readonly trip: number;
}

export interface Shape {
  readonly mode: ModeName;
  readonly window: number;
  readonly segments: number;
}

/**
 * Moves segments of the largest payload by one of the protocols. @throws TransferError; the signal's reason when
 * aborted
 */
export async function moveByTransfer(
  port: number,
  { mode, window, segments }: Shape,
  signal: AbortSignal,
): Promise<Transferred> {
  const trips: number[] = [];
  const payloads = payloadsFromMemory(segments);
  const { stop } = startClock();
  const id = randomBytes(4).toString('hex');
  const transfer = await ClientTransfer.open(
    {
      address: '127.0.0.1',
      port,
      id,
      mode,
      window,
      echo: false,
      segment: LARGEST_PAYLOAD,
      rto: RTO,
      tries: defaults.tries,
    },
    payloads,
    {
      clock: () => performance.now(),
      timer,
      interrupted: signal,
      now: () => new Date(),
      onMeasured: (milliseconds) => trips.push(milliseconds),
    },
  );
  try {
    const { bytes } = await transfer.sent;
    const spent = stop();
    const { counts } = transfer.sending;
    return {
      ...spent,
      bytes,
      bytesSent: counts.bytes,
      datagrams: counts.datagrams.first + retransmissions(counts),
      trip: trips.reduce((sum, trip) => sum + trip, 0) / trips.length / 1000,
    };
  } finally {
    await transfer.close();
  }
}

/** Segments of the largest payload, which need no time to make. */
export function payloadsFromMemory(segments: number): Payloads {
  const payload = Buffer.alloc(LARGEST_PAYLOAD, 'x');
  const pieces = new Array<Buffer>(segments).fill(payload).values();
  return { bytes: segments * LARGEST_PAYLOAD, next: () => pieces.next(), close: () => undefined };
}

/**
 * Keeps `window` datagrams of the largest size on the way, for a number of milliseconds. Each answer makes it send the
 * next datagram. There is no header, no checksum and no timer.
 */
export async function moveBare(
  port: number,
  window: number,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Moved> {
  const datagram = Buffer.alloc(HEADER_BYTES + LARGEST_PAYLOAD);
  const socket = createSocket('udp4');
  try {
    socket.connect(port, '127.0.0.1');
    await once(socket, 'connect', { signal });
    let answers = 0;
    const { stop } = startClock();
    socket.on('message', () => {
      answers += 1;
      socket.send(datagram);
    });
    for (let sent = 0; sent < window; sent += 1) socket.send(datagram);
    await sleep(milliseconds, signal);
    return { ...stop(), bytes: answers * datagram.length, datagrams: answers };
  } finally {
    socket.close();
  }
}

/** Writes bytes to a TCP socket, and returns when the server has read them all. */
export async function moveByTcp(port: number, bytes: number, signal: AbortSignal): Promise<Moved> {
  const socket = connect({ port, host: '127.0.0.1' });
  try {
    await once(socket, 'connect', { signal });
    const { stop } = startClock();
    for (let left = bytes; left > 0; left -= PIECE.length) {
      const more = socket.write(PIECE.subarray(0, left));
      if (!more) await once(socket, 'drain', { signal });
    }
    const ended = once(socket.resume(), 'end', { signal });
    socket.end();
    await ended;
    return { ...stop(), bytes, datagrams: 0 };
  } finally {
    socket.destroy();
  }
}

/** @returns a function that stops the clock and returns the times since */
function startClock() {
  const began = performance.now();
  const before = process.cpuUsage();
  return {
    stop() {
      const { user, system } = process.cpuUsage(before);
      return { seconds: (performance.now() - began) / 1000, cpu: (user + system) / 1e6 };
    },
  };
}
