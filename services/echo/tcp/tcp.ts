import type { Socket } from 'node:net';
import type { Note } from '#lib/journal/open-journal.ts';
import { type Frame, Framer, LONGEST_MESSAGE } from '#lib/message/framing.ts';
import { hmacKey } from '#lib/message/hmac.ts';
import type { Message } from '#lib/message/message.ts';
import { sleepWhileOpen } from '#lib/runtime/sleep.ts';
import { type Answering, type AnsweringParts, createAnswering } from '../answering.ts';
import { type GiveAnswerParts, giveAnswer, type Wire } from '../faults/give-answer.ts';
import { HeldAnswer } from '../faults/held.ts';
import { formatPeer, type Peer } from '../peer.ts';
import {
  type Below,
  type ConnectionParts,
  type ConnectionServer,
  createConnectionServer,
  refuse,
  type Served,
} from './connections.ts';
import { StreamOffsets } from './stream-offsets.ts';

/** A wrong tag ends a message when nothing follows it for this time, in ms. */
const QUIET_MS = 50;

export interface TcpEchoParts extends AnsweringParts, ConnectionParts, GiveAnswerParts {
  readonly note: Note;
  /** Bytes that the server reads ahead of the answers, plus one segment. The rest waits in the kernels. */
  readonly bufferBytes: number;
}

/** The TCP server that answers each message with itself or a fault. It does not listen yet. */
export function createTcpEcho(parts: TcpEchoParts): ConnectionServer {
  const answering = createAnswering('tcp', parts);
  return createConnectionServer(
    parts,
    (socket, peer, below) => new Connection(socket, peer, below, answering, parts),
  );
}

/** One client. Its messages are answered one after another, in their order. */
class Connection implements Served, Wire {
  readonly #socket: Socket;
  readonly #peer: Peer;
  readonly #reset: () => void;
  readonly #answering: Answering;
  readonly #parts: TcpEchoParts;
  readonly #framer: Framer;
  readonly #offsets: StreamOffsets;
  /** The id of the entry whose answer is being sent. */
  #entry = 0;
  #held: HeldAnswer | undefined;
  #arrived = 0;
  #working = false;
  #ended = false;
  #quiet: AbortController | undefined;
  waiting = false;

  constructor(socket: Socket, peer: Peer, below: Below, answering: Answering, parts: TcpEchoParts) {
    this.#socket = socket;
    this.#peer = peer;
    this.#reset = below.reset;
    this.#offsets = new StreamOffsets(socket, below.carrier);
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
    // Over TLS, several waiting writes would share one record, and no offset on the wire could tell them apart.
    if (!this.#offsets.isSettled) return this.#sendSettled(bytes);
    return this.#offsets.write(bytes) || this.#socket.destroyed ? undefined : this.#drained();
  }

  async #sendSettled(bytes: Buffer): Promise<void> {
    await this.#offsets.settled();
    await this.send(bytes);
  }

  sendAfterNext(bytes: Buffer): void {
    const entry = this.#entry;
    this.#held ??= new HeldAnswer(this.#parts.sleep);
    this.#held.hold(bytes, (late) => this.#sendLate(entry, late));
  }

  /** Sends an answer that was held back, and journals its offset, which its entry could not have. */
  #sendLate(entry: number, bytes: Buffer): void {
    if (!this.#offsets.isSettled) {
      this.#offsets.settled()?.then(() => this.#sendLate(entry, bytes));
      return;
    }
    if (!this.open) return;
    const { address, port, tls } = this.#peer;
    this.#parts
      .note('sent', { client_ip: address, client_port: port, entry, tls, ...this.#offsets.next })
      .catch((error) => this.#parts.log.error(`the journal can't be written: ${error}`));
    this.#offsets.write(bytes);
    this.#parts.say('[TCP SERVER] Sent response.\n');
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
    this.#offsets.received(bytes.length);
    this.#framer.push(bytes);
    if (this.#framer.buffered > this.#parts.bufferBytes) this.#socket.pause();
    this.#work();
  }

  #end(): void {
    this.#ended = true;
    this.#work();
  }

  /** Answers the complete messages. After a pause, or at the end of the stream, the rest counts as a message too. */
  async #work({ quiet = false } = {}): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    // A message that waited for earlier answers begins when they are done.
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

  /** Called when there is nothing left to answer. */
  #rest(): void {
    if (!this.open) return;
    if (this.#ended && this.#framer.buffered === 0) {
      this.#held?.release();
      const end = () => this.#socket.end();
      if (this.#offsets.isSettled) end();
      else this.#offsets.settled()?.then(end);
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
    const settled = this.#offsets.settled();
    if (settled) await settled;
    const place = this.#offsets.of(this.#framer.taken, message.bytes);
    const answer = this.#answering(message, this.#peer, place);
    this.#entry = answer.id;
    const given = await giveAnswer(answer, this, began, this.#parts);
    if (given === 'disconnected') say('[TCP SERVER] Failed to send response: the client has disconnected');
    if (given !== 'sent') return;
    say('[TCP SERVER] Sent response.\n');
    this.#held?.release();
  }
}
