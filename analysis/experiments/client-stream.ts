import { TcpStream } from '#analysis/capture/tcp-stream.ts';
import type { Range, Retransmission } from '#analysis/flows/facts.ts';
import { sackBlocks } from '#analysis/flows/options.ts';
import { Sender } from '#analysis/flows/sender.ts';
import { type Packet, payloadOf, TCP_FLAGS } from '#lib/packet/packet.ts';
import type { Carriage } from './wired.ts';

/** An ACK in the capture of the client. */
export interface ArrivedAck {
  /** Seconds since 1970. */
  readonly time: number;
  readonly frame: number;
  /** All bytes of the stream before this one are acknowledged. */
  readonly position: number;
  readonly hasSack: boolean;
}

/** The bytes that a client sent on a connection, as its own capture shows them. */
export interface ClientStream {
  readonly retransmitted: readonly Retransmission[];
  readonly acks: readonly ArrivedAck[];
  positionOf(sequence: number): number;
}

interface Seen {
  readonly time: number;
  readonly frame: number;
  readonly packet: Packet;
  readonly isSent: boolean;
}

/** A TCP header without options. */
const HEADER = 20;
const CONTROL = TCP_FLAGS.syn | TCP_FLAGS.fin | TCP_FLAGS.rst;

/** Follows what the client sent from a port, and the ACKs that came back. Undefined without the begin of the connection. */
export function clientStream(carriage: Carriage, port: number): ClientStream | undefined {
  const seen = seenByClient(carriage, port);
  const syn = seen.find(({ packet, isSent }) => isSent && packet.tcp!.flags & TCP_FLAGS.syn);
  if (!syn) return undefined;
  const stream = new TcpStream();
  stream.begin(syn.packet.tcp!.sequence + 1);
  const sender = new Sender();
  const acks: ArrivedAck[] = [];
  for (const { time, frame, packet, isSent } of seen) {
    const at = time - syn.time;
    const payload = payloadOf(packet);
    const { sequence: seq, acknowledgment, flags } = packet.tcp!;
    if (isSent) {
      if (payload.length > 0)
        sender.send({ at, frame, ...stream.add({ number: frame, time, seq, payload }) });
      continue;
    }
    const position = stream.positionOf(acknowledgment);
    const blocks = sackBlocks(optionsOf(packet)).map(
      ([left, right]): Range => ({ from: stream.positionOf(left), to: stream.positionOf(right) }),
    );
    sender.acknowledge({ at, position, blocks, isBare: payload.length === 0 && !(flags & CONTROL) });
    acks.push({ time, frame, position, hasSack: blocks.length > 0 });
  }
  const { retransmitted } = sender.facts(0);
  return { retransmitted, acks, positionOf: (sequence) => stream.positionOf(sequence) };
}

/** The packets of a connection in the capture of the client: those that it sent, and those that arrived. */
function seenByClient({ sent, packets }: Carriage, port: number): Seen[] {
  const own = sent.flatMap(({ from, frame, packet }) =>
    from === 'client' && packet.tcp && packet.sourcePort === port
      ? [{ time: frame.time, frame: frame.number, packet, isSent: true }]
      : [],
  );
  const arrived = packets.flatMap(({ from, packet, time, took, arrivedAs: frame }) =>
    from === 'server' && packet.tcp && packet.destinationPort === port && took !== undefined && frame
      ? [{ time: time + took, frame, packet, isSent: false }]
      : [],
  );
  return [...own, ...arrived].toSorted((one, other) => one.frame - other.frame);
}

function optionsOf({ bytes, headerAt, payloadAt }: Packet): Buffer {
  return bytes.subarray(headerAt + HEADER, payloadAt);
}
