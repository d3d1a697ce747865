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
  const { clock, log, say, sleep, onDropped } = parts;
  const answering = createAnswering('udp', parts);
  const socket = createSocket('udp4');
  const waits = new Set<AbortController>();
  const held = new Map<string, HeldAnswer>();
  let open = true;
  let pending = 0;
  let dropped = 0;

  socket
    .on('error', (error) => log.error(`the UDP socket failed: ${error}`))
    .once('close', () => {
      open = false;
      for (const wait of waits) wait.abort();
    })
    .on('message', async (bytes, peer) => {
      // Port 0 is allowed on the wire (RFC 768) and can't be answered.
      if (peer.port === 0) return;
      const cost = bytes.length + PENDING_OVERHEAD;
      if (pending + cost > MOST_PENDING) {
        drop();
        return;
      }
      pending += cost;
      const arrived = clock();
      const answer = answering(new Message(bytes), peer);
      const wire = wireTo(peer, cost);
      const sent = await giveAnswer(answer, wire, arrived, parts);
      if (!wire.holds) pending -= cost;
      if (sent !== 'sent') return;
      say('[UDP SERVER] Sent response.\n');
      if (held.size > 0) held.get(keyOf(peer))?.release();
    });
  return socket;

  function wireTo(peer: RemoteInfo, cost: number): Wire & { holds: boolean } {
    return {
      holds: false,
      get open() {
        return open;
      },
      send: (bytes) => send(bytes, peer),
      sendAfterNext(bytes) {
        this.holds = true;
        const key = keyOf(peer);
        const sendLate = (late: Buffer) => {
          held.delete(key);
          pending -= cost;
          send(late, peer);
          say('[UDP SERVER] Sent response.\n');
        };
        const answer = held.get(key) ?? new HeldAnswer(sleep);
        held.set(key, answer);
        answer.hold(bytes, sendLate);
      },
      reset: () => undefined,
      wait,
    };
  }

  /** Counts what is dropped, and tells it now and then. */
  async function drop(): Promise<void> {
    dropped += 1;
    if (dropped > 1) return;
    await wait(TELL_MS);
    if (open) onDropped(dropped);
    dropped = 0;
  }

  /** Returns early when the server closes. */
  async function wait(milliseconds: number): Promise<void> {
    const ended = new AbortController();
    waits.add(ended);
    await sleep(milliseconds, ended.signal).catch(() => undefined);
    waits.delete(ended);
  }

  function send(bytes: Buffer, { address, port }: RemoteInfo): undefined {
    // Fails when the address can't be reached; UDP promises nothing, and the next datagram is served.
    if (open) socket.send(bytes, port, address, () => undefined);
  }
}

function keyOf({ address, port }: RemoteInfo): string {
  return `${address}:${port}`;
}
