import { type Connection, Connections, type Taken } from '#analysis/capture/connections.ts';
import { ACK, FIN, RST, SYN } from '#analysis/capture/frames.ts';
import type { Carried, Packet } from '#analysis/capture/packet.ts';
import type { Run } from '#lib/journal/run.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { FlowFacts, Range } from './facts.ts';
import type { FlowLog } from './flow-log.ts';
import { largestSegment, sackBlocks } from './options.ts';
import { readQueues } from './queue-log.ts';
import { Sender } from './sender.ts';

/** The field of packets that is needed besides the usual ones. */
export const flowFields = ['tcpOptions'] as const;
type FlowPacket = Packet<(typeof flowFields)[number]>;

/** A connection with this many bytes in one direction is large. */
const LARGE = 1_000_000;
/** The most flows in a report, the largest ones. All are counted. */
const SHOWN = 8;
/** At most this many connections are followed at once. */
const FOLLOWED = 1_024;

interface Followed {
  readonly began: number;
  readonly firstFrame: number;
  lastFrame: number;
  ended: number;
  /** The largest segment that the receiver takes, by its SYN; undefined if the capture lacks that. */
  largest: number | undefined;
  /** Undefined when the connection is over. */
  sender: Sender | undefined;
}

type Found = Omit<FlowFacts, 'queue'> & { readonly ended: number };

/** Follows the TCP connections in the captures of both hosts, each by the capture of the host that sends the data. */
export class Flows {
  readonly #run: Run;
  readonly #log: FlowLog;
  readonly #most: number;
  #found: Found[] = [];
  /** How many flows were found. */
  inAll = 0;

  /** @param most how many flows are kept, the largest ones */
  constructor(run: Run, log: FlowLog, most = SHOWN) {
    this.#run = run;
    this.#log = log;
    this.#most = most;
  }

  /** A listener for the capture of a host. */
  of(host: Host) {
    const address = this.#run.addresses[host];
    const connections = new Connections<Followed>({
      create: begin,
      onGone: (connection) => this.#end(host, connection),
      most: FOLLOWED,
    });
    return {
      wants: { fields: flowFields },
      takePackets: (packets: readonly FlowPacket[]) => {
        for (const packet of packets) {
          const { carried } = packet;
          if (carried?.transport !== 'tcp') continue;
          const isSent = packet.source === address;
          if (!isSent && packet.destination !== address) continue;
          const taken = connections.take(carried);
          follow(taken, carried, packet, isSent);
          if (taken.connection.isOver) this.#end(host, taken.connection);
        }
      },
      close: () => {
        for (const connection of connections) this.#end(host, connection);
      },
    };
  }

  /** The largest flows, in the order of time. */
  async facts(folder: string): Promise<FlowFacts[]> {
    const found = this.#found.toSorted((one, other) => (one.began < other.began ? -1 : 1));
    const queues = await readQueues(
      folder,
      found.map(({ sender, began, ended }) => ({
        direction: sender === 'client' ? 'up' : 'down',
        from: Date.parse(began) / 1000,
        to: ended,
      })),
    );
    return found.map(({ ended: _, ...facts }, index) => ({ ...facts, queue: queues[index] ?? [] }));
  }

  /** The connection is over, or nothing more is known of it. */
  #end(host: Host, { state, clientEnd, serverEnd }: Connection<Followed>): void {
    const { sender, began, ended, firstFrame, lastFrame } = state;
    state.sender = undefined;
    if (!sender || sender.bytes === 0) return;
    const { client, server } = this.#ends(clientEnd, serverEnd);
    const known = this.#log.of(portOf(client), began, ended);
    if (sender.bytes < LARGE && !known) return;
    this.inAll += 1;
    this.#found.push({
      ...{ sender: host, client, server, began: new Date(began * 1000).toISOString(), ended },
      ...{ firstFrame, lastFrame, flow: known?.flow, congestion: known?.congestion },
      window: known?.window ?? [],
      ...sender.facts(ended - began),
    });
    if (this.#found.length <= this.#most) return;
    const smallest = this.#found.reduce((one, other) => (other.bytes < one.bytes ? other : one));
    this.#found = this.#found.filter((one) => one !== smallest);
  }

  /** The table of connections takes the lower port for that of a server, if it knows neither. */
  #ends(one: string, other: string): { client: string; server: string } {
    const { client } = this.#run.addresses;
    return other.startsWith(`${client}:`) ? { client: other, server: one } : { client: one, server: other };
  }
}

function begin(first: Carried): Followed {
  const { time, number } = first;
  return {
    ...{ began: time, ended: time, firstFrame: number, lastFrame: number },
    ...{ largest: undefined, sender: new Sender() },
  };
}

function follow(
  { connection, by, fresh, repeated }: Taken<Followed>,
  { time, number, flags, ack, payload }: Carried,
  { fields }: FlowPacket,
  isSent: boolean,
): void {
  const { state } = connection;
  const { sender, began } = state;
  if (!sender) return;
  state.ended = Math.max(state.ended, time);
  state.lastFrame = number;
  const at = Math.max(0, time - began);
  if (isSent) {
    // Options take their bytes from each segment.
    const most = state.largest && Math.max(1, state.largest - fields.tcpOptions.length);
    if (payload.length > 0) sender.send({ at, frame: number, fresh, repeated, most });
    return;
  }
  if (flags & SYN) state.largest = largestSegment(fields.tcpOptions);
  const { stream } = connection[by === 'client' ? 'server' : 'client'];
  if (!(flags & ACK) || !stream.isBegun) return;
  const blocks = sackBlocks(fields.tcpOptions).map(
    ([left, right]): Range => ({ from: stream.positionOf(left), to: stream.positionOf(right) }),
  );
  const isBare = payload.length === 0 && !(flags & (SYN | FIN | RST));
  sender.acknowledge({ at, position: stream.positionOf(ack), blocks, isBare });
}

function portOf(end: string): number {
  return Number(end.slice(end.lastIndexOf(':') + 1));
}
