import type { KeyObject } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import type { Note } from '#lib/journal/open-journal.ts';
import { crcOf } from '#lib/message/crc.ts';
import { hmacKey } from '#lib/message/hmac.ts';
import { Message } from '#lib/message/message.ts';
import { Outbox } from '#lib/runtime/outbox.ts';
import type { Sleep } from '#lib/runtime/sleep.ts';
import type { Timer } from '#lib/runtime/timer.ts';
import {
  type Datagram,
  decodeDatagram,
  encodeDatagram,
  isOfTransfer,
  RECEIVE_BUFFER,
  type Signature,
} from '#lib/transfer/datagram.ts';
import { type Answering, type AnsweringParts, createAnswering } from '../answering.ts';
import { createDatagramFaults, type DatagramFaults, type Direction } from '../faults/datagram-faults.ts';
import type { GiveAnswerParts } from '../faults/give-answer.ts';
import type { Peer } from '../peer.ts';
import { Transfers } from '../transfer/transfers.ts';
import { Carrier } from './carrier.ts';

export interface UdpEchoParts extends AnsweringParts, GiveAnswerParts {
  readonly sleep: Sleep;
  readonly timer: Timer;
  readonly note: Note;
  /** A transfer without a datagram from its client for this time ends. */
  readonly idleSeconds: number;
  /** Gets the number of datagrams dropped since its last call. */
  readonly onDropped: (datagrams: number) => void;
}

/**
 * The UDP server, not bound yet. It answers each message with itself or a fault. It also serves transfers, whose
 * datagrams have faults in both directions.
 */
export function createUdpEcho(parts: UdpEchoParts): Socket {
  return new UdpEcho(parts).socket;
}

class UdpEcho {
  readonly socket: Socket;
  readonly #parts: UdpEchoParts;
  readonly #key: KeyObject | undefined;
  readonly #outbox = new Outbox<readonly [Buffer, Peer]>(([bytes, peer]) => this.#send(bytes, peer));
  readonly #answering: Answering;
  readonly #decide: DatagramFaults;
  readonly #transfers: Transfers;
  readonly #answers: Carrier;
  readonly #ways: Readonly<Record<Direction, Carrier>>;
  #open = true;

  constructor(parts: UdpEchoParts) {
    const deliver = (bytes: Buffer, peer: Peer) => this.#send(bytes, peer);
    this.#parts = parts;
    this.#key = hmacKey(parts.token);
    const signature: Signature | undefined = this.#key && { key: this.#key, side: 'S' };
    this.#answering = createAnswering('udp', parts);
    this.#decide = createDatagramFaults(parts);
    this.#transfers = new Transfers({
      ...parts,
      transmit: (datagram, peer) => this.#transmit(encodeDatagram(datagram, signature), datagram, peer),
      transmitUnsigned: (datagram, peer) => this.#transmit(encodeDatagram(datagram), datagram, peer),
    });
    this.#answers = new Carrier({ ...parts, deliver, onHeldDelivered: () => this.#saySent() });
    this.#ways = {
      in: new Carrier({
        ...parts,
        deliver: (bytes, peer) => this.#transfers.receive(decodeDatagram(bytes), bytes, peer),
      }),
      out: new Carrier({ ...parts, deliver }),
    };
    this.socket = this.#createSocket();
  }

  #createSocket(): Socket {
    let listening = false;
    return createSocket({
      type: 'udp4',
      recvBufferSize: RECEIVE_BUFFER,
      // Clients have addresses and no names, so nothing is looked up. Only the address to bind must not be returned at
      // once.
      lookup(address, _options, callback) {
        if (listening) callback(null, address, 4);
        else process.nextTick(callback, null, address, 4);
      },
    })
      .once('listening', () => {
        listening = true;
      })
      .on('error', (error) => this.#parts.log.error(`the UDP socket failed: ${error}`))
      .on('message', (bytes, peer) => {
        // Port 0 is allowed on the wire (RFC 768), but nobody can send an answer to it.
        if (peer.port === 0) return;
        if (isOfTransfer(bytes)) this.#receive(bytes, peer);
        else this.#answer(bytes, peer);
      })
      .once('close', () => {
        this.#open = false;
        this.#transfers.close();
        for (const carrier of [this.#answers, this.#ways.in, this.#ways.out]) carrier.close();
      });
  }

  async #answer(bytes: Buffer, peer: Peer): Promise<void> {
    if (!this.#answers.admits(bytes.length)) return;
    const arrived = this.#parts.clock();
    const message = new Message(bytes, this.#key !== undefined);
    const answer = this.#answering(message, peer, { crc: crcOf(bytes) });
    const given = await this.#answers.carry(answer, peer, bytes.length, arrived);
    if (given === 'sent') this.#saySent();
  }

  #receive(bytes: Buffer, peer: Peer): void {
    const datagram = decodeDatagram(bytes);
    if (!this.#isCarried('in', bytes, datagram, peer)) this.#transfers.receive(datagram, bytes, peer);
  }

  #transmit(bytes: Buffer, datagram: Datagram, peer: Peer): void {
    if (this.#open && !this.#isCarried('out', bytes, datagram, peer)) this.#outbox.put([bytes, peer]);
  }

  /** False when there is no decision about a datagram: it passes at once. */
  #isCarried(direction: Direction, bytes: Buffer, datagram: Datagram | undefined, peer: Peer): boolean {
    const way = this.#ways[direction];
    if (!way.admits(bytes.length)) return true;
    const answer = this.#decide(direction, bytes, datagram, peer);
    if (answer) way.carry(answer, peer, bytes.length, this.#parts.clock());
    return answer !== undefined;
  }

  #send(bytes: Buffer, { address, port }: Peer): void {
    // This may fail when the address can't be reached. UDP promises nothing, and the server continues.
    if (this.#open) this.socket.send(bytes, port, address);
  }

  #saySent(): void {
    this.#parts.say('[UDP SERVER] Sent response.\n');
  }
}
