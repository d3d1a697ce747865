import { type Packet, TCP_FLAGS } from '#lib/packet/packet.ts';
import type { Direction } from '../conditions/conditions.ts';
import { ScriptCounts } from '../conditions/script.ts';

/** The most flows that are remembered. The flow that was silent for longest makes room for a new one. */
const MOST_FLOWS = 16_384;

/** What the wire knows of one direction of a flow. */
export interface Half {
  /** Packets so far, also those that were lost. */
  packets: number;
  /** Whether losses come in a burst at present. Undefined before the first packet. */
  isBursting: boolean | undefined;
  readonly script: ScriptCounts;
}

/**
 * A TCP connection, the datagrams between two ports, or the ICMP messages of one identifier.
 *
 * Its name does not depend on the port that a client happens to get: `tcp 9090 #2` is the second connection to port 9090
 * since the wire's draws began. So the same traffic gets the same faults again.
 */
export interface Flow {
  readonly name: string;
  /** The number in the name. */
  readonly number: number;
  readonly up: Half;
  readonly down: Half;
  /** The sequence number of the SYN that began it. Another one begins another flow. */
  readonly synSequence: number | undefined;
}

/** Finds the flow of each packet. Both directions of a connection are one flow. */
export class Flows {
  readonly #flows = new Map<string, Flow>();
  readonly #counts = new Map<string, number>();

  of(packet: Packet, direction: Direction): Flow {
    const key = keyOf(packet, direction);
    const known = this.#flows.get(key);
    const syn = synOf(packet);
    if (known && (syn === undefined || syn === known.synSequence)) {
      // The map is in the order of use, so that the first flow is the one that was silent for longest.
      this.#flows.delete(key);
      this.#flows.set(key, known);
      return known;
    }
    return this.#begin(key, packet, direction, syn);
  }

  /** Forgets all flows: numbers begin again at 1. */
  clear(): void {
    this.#flows.clear();
    this.#counts.clear();
  }

  #begin(key: string, packet: Packet, direction: Direction, synSequence: number | undefined): Flow {
    const kind = kindOf(packet, direction);
    const number = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.delete(kind);
    this.#counts.set(kind, number);
    this.#flows.delete(key);
    const flow = { name: `${kind} #${number}`, number, up: newHalf(), down: newHalf(), synSequence };
    this.#flows.set(key, flow);
    if (this.#flows.size > MOST_FLOWS) this.#flows.delete(this.#flows.keys().next().value!);
    // A flood of different ports must not grow the counts for ever. They are in the order of use too.
    if (this.#counts.size > MOST_FLOWS) this.#counts.delete(this.#counts.keys().next().value!);
    return flow;
  }
}

function newHalf(): Half {
  return { packets: 0, isBursting: undefined, script: new ScriptCounts() };
}

/** The same text for both directions. */
function keyOf(packet: Packet, direction: Direction): string {
  const { protocol, source, destination, sourcePort, destinationPort, icmp, isLaterFragment } = packet;
  const more = icmp ? icmp.identifier : isLaterFragment ? 'fragment' : '';
  return direction === 'up'
    ? `${protocol} ${more} ${source} ${sourcePort} ${destination} ${destinationPort}`
    : `${protocol} ${more} ${destination} ${destinationPort} ${source} ${sourcePort}`;
}

function synOf({ tcp }: Packet): number | undefined {
  return tcp && (tcp.flags & (TCP_FLAGS.syn | TCP_FLAGS.ack)) === TCP_FLAGS.syn ? tcp.sequence : undefined;
}

/** Protocol and port of the server. The side to which a SYN goes is the server. */
function kindOf(packet: Packet, direction: Direction): string {
  const { protocol, sourcePort, destinationPort, isLaterFragment } = packet;
  if (isLaterFragment) return `${protocol} fragments`;
  if (destinationPort === 0 && sourcePort === 0) return protocol;
  const port = synOf(packet) === undefined ? serverPort(packet, direction) : destinationPort;
  return `${protocol} ${port}`;
}

/** The answer to a SYN comes from the server. Where the wire saw no SYN, the server is in the server host. */
function serverPort({ tcp, sourcePort, destinationPort }: Packet, direction: Direction): number {
  if (tcp && (tcp.flags & TCP_FLAGS.syn) !== 0) return sourcePort;
  return direction === 'up' ? destinationPort : sourcePort;
}
