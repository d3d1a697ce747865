import { createSocket, type Socket } from 'node:dgram';
import type { Note } from '#lib/journal/open-journal.ts';
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
import { type AnsweringParts, createAnswering } from '../answering.ts';
import { createDatagramFaults, type Direction } from '../faults/datagram-faults.ts';
import type { GiveAnswerParts } from '../faults/give-answer.ts';
import type { Peer } from '../peer.ts';
import { Transfers } from '../transfer/transfers.ts';
import { Carrier } from './carrier.ts';

export interface UdpEchoParts extends AnsweringParts, GiveAnswerParts {
  readonly sleep: Sleep;
  readonly timer: Timer;
  readonly note: Note;
  /** A transfer of which nothing is heard for so long ends. */
  readonly idleSeconds: number;
  /** Is told how many datagrams were dropped since it was told last. */
  readonly onDropped: (datagrams: number) => void;
}

/**
 * The UDP server, apart from binding: answers each message with itself or a fault, and takes part in transfers, whose
 * datagrams have faults on the way in and on the way out.
 */
export function createUdpEcho(parts: UdpEchoParts): Socket {
  const { clock, log, say } = parts;
  const key = hmacKey(parts.token);
  const signature: Signature | undefined = key && { key, side: 'S' };
  let open = true;
  let listening = false;
  const socket = createSocket({ type: 'udp4', lookup: addressItself, recvBufferSize: RECEIVE_BUFFER });
  const outbox = new Outbox<readonly [Buffer, Peer]>(([bytes, peer]) => send(bytes, peer));
  const answering = createAnswering('udp', parts);
  const saySent = () => say('[UDP SERVER] Sent response.\n');
  const answers = new Carrier({ ...parts, deliver: send, onHeldDelivered: saySent });

  const decide = createDatagramFaults(parts);
  const transfers = new Transfers({
    ...parts,
    transmit: (datagram, peer) => transmit(datagram, peer, signature),
    transmitUnsigned: transmit,
  });
  const ways: Readonly<Record<Direction, Carrier>> = {
    in: new Carrier({
      ...parts,
      deliver: (bytes, peer) => transfers.receive(decodeDatagram(bytes), bytes, peer),
    }),
    out: new Carrier({ ...parts, deliver: send }),
  };

  return socket
    .once('listening', () => {
      listening = true;
    })
    .on('error', (error) => log.error(`the UDP socket failed: ${error}`))
    .on('message', (bytes, peer) => {
      // Port 0 is allowed on the wire (RFC 768) and can't be answered.
      if (peer.port === 0) return;
      if (isOfTransfer(bytes)) receive(bytes, peer);
      else answer(bytes, peer);
    })
    .once('close', () => {
      open = false;
      transfers.close();
      for (const carrier of [answers, ways.in, ways.out]) carrier.close();
    });

  async function answer(bytes: Buffer, peer: Peer): Promise<void> {
    if (!answers.admits(bytes.length)) return;
    const arrived = clock();
    const message = new Message(bytes, key !== undefined);
    const given = await answers.carry(answering(message, peer), peer, bytes.length, arrived);
    if (given === 'sent') saySent();
  }

  function receive(bytes: Buffer, peer: Peer): void {
    const datagram = decodeDatagram(bytes);
    if (!isCarried('in', bytes, datagram, peer)) transfers.receive(datagram, bytes, peer);
  }

  function transmit(datagram: Datagram, peer: Peer, by?: Signature): void {
    const bytes = encodeDatagram(datagram, by);
    if (open && !isCarried('out', bytes, datagram, peer)) outbox.put([bytes, peer]);
  }

  /** False when nothing was decided about a datagram: it goes its way at once. */
  function isCarried(
    direction: Direction,
    bytes: Buffer,
    datagram: Datagram | undefined,
    peer: Peer,
  ): boolean {
    const way = ways[direction];
    if (!way.admits(bytes.length)) return true;
    const answer = decide(direction, bytes, datagram, peer);
    if (answer) way.carry(answer, peer, bytes.length, clock());
    return answer !== undefined;
  }

  function send(bytes: Buffer, { address, port }: Peer): void {
    // Fails when the address can't be reached; UDP promises nothing, and the next datagram is served.
    if (open) socket.send(bytes, port, address);
  }

  /** Peers have addresses and no names, so nothing is looked up. Only the address to bind must not come at once. */
  function addressItself(
    address: string,
    _options: unknown,
    callback: (error: null, address: string, family: number) => void,
  ): void {
    if (listening) callback(null, address, 4);
    else process.nextTick(callback, null, address, 4);
  }
}
