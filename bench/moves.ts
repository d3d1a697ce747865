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

/** Bounds of the time-out, in ms. */
export const RTO = { min: defaults.minRto, max: defaults.maxRto };
/** What is written to a TCP socket at once, in bytes. */
const PIECE = Buffer.alloc(64 * 1024);

export interface Moved {
  readonly seconds: number;
  /** Of the application. */
  readonly bytes: number;
  /** Datagrams that were sent, those sent again included. */
  readonly datagrams: number;
  /** User and system time that this process took, in seconds. */
  readonly cpu: number;
}

export interface Transferred extends Moved {
  /** With headers and all that was sent again. */
  readonly bytesSent: number;
  /** The mean of the round trips that were measured, in seconds: the long ones cost time too, which a median hides. */
  readonly trip: number;
}

export interface Shape {
  readonly mode: ModeName;
  readonly window: number;
  readonly segments: number;
}

/** Moves segments of the largest payload by one of the protocols. @throws TransferError, or the signal's reason */
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

/** So many segments of the largest payload, which cost nothing to make. */
export function payloadsFromMemory(segments: number): Payloads {
  const payload = Buffer.alloc(LARGEST_PAYLOAD, 'x');
  const pieces = new Array<Buffer>(segments).fill(payload).values();
  return { bytes: segments * LARGEST_PAYLOAD, next: () => pieces.next(), close: () => undefined };
}

/**
 * Keeps so many datagrams of the largest size under way for so many milliseconds: the next one leaves when an answer
 * comes, without a header, a checksum or a timer.
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

/** @returns what stops it, and has the time since */
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
