import type { Socket } from 'node:net';
import { type Frame, Framer, LONGEST_MESSAGE } from '#lib/message/framing.ts';
import { hmacKey } from '#lib/message/hmac.ts';
import type { Message } from '#lib/message/message.ts';
import { sleepWhileOpen } from '#lib/runtime/sleep.ts';
import { type Answering, type AnsweringParts, createAnswering } from '../answering.ts';
import { type GiveAnswerParts, giveAnswer, type Wire } from '../faults/give-answer.ts';
import { HeldAnswer } from '../faults/held.ts';
import { formatPeer, type Peer } from '../peer.ts';
import {
  type ConnectionParts,
  type ConnectionServer,
  createConnectionServer,
  refuse,
  type Served,
} from './connections.ts';

/** How long a tag that ends nothing by itself must stand at the end of what has come to end a message, in ms. */
const QUIET_MS = 50;

export interface TcpEchoParts extends AnsweringParts, ConnectionParts, GiveAnswerParts {
  /** So much of what a client sends ahead of its answers is taken, and a segment; the rest waits in its kernel. */
  readonly bufferBytes: number;
}

/** The TCP server that answers each message with itself or a fault, apart from listening. */
export function createTcpEcho(parts: TcpEchoParts): ConnectionServer {
  const answering = createAnswering('tcp', parts);
  return createConnectionServer(
    parts,
    (socket, peer, reset) => new Connection(socket, peer, reset, answering, parts),
  );
}

/** One client. Its messages are answered one after another, in the order in which they came. */
class Connection implements Served, Wire {
  readonly #socket: Socket;
  readonly #peer: Peer;
  readonly #reset: () => void;
  readonly #answering: Answering;
  readonly #parts: TcpEchoParts;
  readonly #framer: Framer;
  #held: HeldAnswer | undefined;
  #arrived = 0;
  #working = false;
  #ended = false;
  #quiet: AbortController | undefined;
  waiting = false;

  constructor(socket: Socket, peer: Peer, reset: () => void, answering: Answering, parts: TcpEchoParts) {
    this.#socket = socket;
    this.#peer = peer;
    this.#reset = reset;
    this.#answering = answering;
    this.#parts = parts;
    this.#framer = new Framer(hmacKey(parts.token));
    const by = peer.tls === undefined ? '' : ` by ${peer.tls}`;
    parts.say(`[TCP SERVER] Connection from ${formatPeer(peer)}${by}\n`);
    socket
      .on('data', (bytes) => this.#receive(bytes))
      .once('end', () => this.#end())
      .once('close', () => {
        this.#quiet?.abort();
        parts.say('[TCP SERVER] Client disconnected\n[MAIN] Waiting...');
      });
  }

  get open(): boolean {
    return this.#socket.writable;
  }

  send(bytes: Buffer): Promise<void> | undefined {
    return this.#socket.write(bytes) || this.#socket.destroyed ? undefined : this.#drained();
  }

  sendAfterNext(bytes: Buffer): void {
    this.#held ??= new HeldAnswer(this.#parts.sleep);
    this.#held.hold(bytes, (late) => {
      if (!this.open) return;
      this.#socket.write(late);
      this.#parts.say('[TCP SERVER] Sent response.\n');
    });
  }

  reset(): void {
    this.#reset();
  }

  async wait(milliseconds: number): Promise<void> {
    this.waiting = true;
    await sleepWhileOpen(this.#socket, milliseconds, this.#parts.sleep);
    this.waiting = false;
  }

  async #drained(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#socket.once('drain', resolve).once('close', resolve);
    await promise;
    this.#socket.off('drain', resolve).off('close', resolve);
  }

  #receive(bytes: Buffer): void {
    this.#quiet?.abort();
    this.#arrived = this.#parts.clock();
    this.#framer.push(bytes);
    if (this.#framer.buffered > this.#parts.bufferBytes) this.#socket.pause();
    this.#work();
  }

  #end(): void {
    this.#ended = true;
    this.#work();
  }

  /** Answers what is whole. At the end of the stream, or when nothing more came for a while, so is the rest. */
  async #work({ quiet = false } = {}): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    // What has waited for the answers before it begins when they are done.
    let began = this.#arrived;
    let restIsWhole = quiet;
    while (this.open) {
      const frame = this.#framer.next();
      if (frame) await this.#take(frame, began);
      else {
        const rest = restIsWhole || this.#ended ? this.#framer.flush() : undefined;
        if (!rest) break;
        restIsWhole = false;
        await this.#answer(rest, began);
      }
      began = this.#parts.clock();
    }
    this.#working = false;
    this.#rest();
  }

  #take(frame: Frame, began: number): Promise<void> | undefined {
    if (frame.kind === 'message') return this.#answer(frame.message, began);
    if (frame.kind === 'ending') return this.send(frame.bytes);
    const line = `message too long: more than ${LONGEST_MESSAGE} bytes without an end`;
    refuse(this.#socket, this.#peer, line, this.#parts);
    return undefined;
  }

  /** What to do when there is nothing left to answer. */
  #rest(): void {
    if (!this.open) return;
    if (this.#ended && this.#framer.buffered === 0) {
      this.#held?.release();
      this.#socket.end();
      return;
    }
    if (this.#socket.isPaused()) this.#socket.resume();
    if (this.#framer.mayBeWhole) {
      this.#quiet = new AbortController();
      this.#parts.sleep(QUIET_MS, this.#quiet.signal).then(
        () => this.#work({ quiet: true }),
        () => undefined,
      );
    }
  }

  async #answer(message: Message, began: number): Promise<void> {
    const { say } = this.#parts;
    const given = await giveAnswer(this.#answering(message, this.#peer), this, began, this.#parts);
    if (given === 'gone') say('[TCP SERVER] Failed to send response: the client is gone');
    if (given !== 'sent') return;
    say('[TCP SERVER] Sent response.\n');
    this.#held?.release();
  }
}
