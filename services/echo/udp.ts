import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { Message } from '#common/message.ts';
import type { Sleep } from '#common/sleep.ts';
import { type AnsweringParts, createAnswering } from './answering.ts';
import { type GiveAnswerParts, giveAnswer, type Wire } from './give-answer.ts';
import { HeldAnswer } from './held.ts';

/** Datagrams that may wait for their answers at once, in octets. What comes on top of them is dropped. */
const MOST_PENDING = 64 * 2 ** 20;
/** What a waiting datagram takes beside its own octets, about. */
const PENDING_OVERHEAD = 1_024;
/** How often drops are told, in ms. */
const TELL_MS = 1_000;

export interface UdpEchoParts extends AnsweringParts, GiveAnswerParts {
  readonly sleep: Sleep;
  /** Is told how many datagrams were dropped since it was told last. */
  readonly onDropped: (datagrams: number) => void;
}

/** The UDP server that answers each datagram with itself or a fault, apart from binding. */
export function createUdpEcho(parts: UdpEchoParts): Socket {
  const { clock, say, sleep } = parts;
  const answering = createAnswering('udp', parts);
  const socket = createSocket('udp4');
  const closed = new AbortController();
  const held = new Map<string, HeldAnswer>();
  const drops = new Drops(parts, closed.signal);
  let pending = 0;

  socket
    .once('close', () => closed.abort())
    .on('message', async (bytes, peer) => {
      const cost = bytes.length + PENDING_OVERHEAD;
      if (pending + cost > MOST_PENDING) {
        drops.add();
        return;
      }
      pending += cost;
      const arrived = clock();
      const answer = answering(new Message(bytes), peer);
      const sent = await giveAnswer(answer, wireTo(peer), arrived, parts);
      pending -= cost;
      if (!sent) return;
      say('[UDP SERVER] Sent response.\n');
      if (held.size > 0) held.get(keyOf(peer))?.release();
    });
  return socket;

  function wireTo(peer: RemoteInfo): Wire {
    return {
      get open() {
        return !closed.signal.aborted;
      },
      send: (bytes) => send(bytes, peer),
      sendAfterNext(bytes) {
        const key = keyOf(peer);
        const sendLate = (late: Buffer) => {
          held.delete(key);
          send(late, peer);
        };
        const answer = held.get(key) ?? new HeldAnswer(sendLate, sleep);
        held.set(key, answer);
        answer.hold(bytes);
      },
      reset: () => undefined,
      wait: (milliseconds) => sleep(milliseconds, closed.signal).catch(() => undefined),
    };
  }

  function send(bytes: Buffer, { address, port }: RemoteInfo): undefined {
    if (closed.signal.aborted) return;
    // Fails when the address can't be reached; UDP promises nothing, and the next datagram is served.
    socket.send(bytes, port, address, () => undefined);
  }
}

function keyOf({ address, port }: RemoteInfo): string {
  return `${address}:${port}`;
}

/** Counts what is dropped, and tells it now and then. */
class Drops {
  readonly #parts: UdpEchoParts;
  readonly #closed: AbortSignal;
  #datagrams = 0;

  constructor(parts: UdpEchoParts, closed: AbortSignal) {
    this.#parts = parts;
    this.#closed = closed;
  }

  add(): void {
    this.#datagrams += 1;
    if (this.#datagrams > 1) return;
    const { sleep, onDropped } = this.#parts;
    sleep(TELL_MS, this.#closed).then(
      () => {
        onDropped(this.#datagrams);
        this.#datagrams = 0;
      },
      () => undefined,
    );
  }
}
