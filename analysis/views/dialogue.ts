import { FIN, RST, type Sealed, SYN } from '#analysis/capture/frames.ts';
import { type Ordered, type Piece, SegmentOrder } from '#analysis/capture/segment-order.ts';
import type { Exposure } from '#analysis/exposure/exposed.ts';
import type { Ports, Transport } from '#lib/lab/ports.ts';
import { isToServer, type Packet } from './packet.ts';

/** What one side did in one frame: it said something, or ended the connection. */
export interface Turn {
  readonly speaker: 'client' | 'server';
  readonly frame: number;
  /** Seconds since the first frame of the capture. */
  readonly time: number;
  readonly act: 'says' | 'closes' | 'resets';
  /** What was said, of a long payload the beginning. */
  readonly bytes: Buffer;
  /** Octets of all that was said. */
  readonly length: number;
  /** Octets before it that are not among the frames. */
  readonly missing: number;
  /** Sealed by TLS: what was said is what was decrypted, or the records themselves. */
  readonly sealed?: Sealed | undefined;
  /** What was exposed by it. */
  readonly exposed: readonly Exposure[];
}

/** What a client and a server said to each other over one connection, or between one pair of UDP ports. */
export interface Conversation {
  readonly transport: Transport;
  /** Address and port. */
  readonly client: string;
  readonly server: string;
  /** In seconds since the first frame of the capture. */
  readonly began: number;
  readonly frames: number;
  readonly turns: readonly Turn[];
}

interface Open extends Conversation {
  frames: number;
  readonly turns: Turn[];
  /** The sequence number of the client's SYN. */
  readonly syn: number | undefined;
  readonly orders: Readonly<Record<Turn['speaker'], SegmentOrder<Sequenced>>>;
}

/** A packet as TCP numbers it. */
interface Sequenced extends Ordered {
  readonly packet: Packet;
}

interface Said {
  readonly packet: Packet;
  readonly bytes: Buffer;
  readonly missing: number;
}

export interface DialogueOptions {
  readonly ports: Ports;
  /** What a frame exposes. */
  readonly exposedBy: (frame: number) => readonly Exposure[];
  /** How many octets of a payload are kept. */
  readonly bytes: number;
  /** How many conversations are kept, those with the latest frames; undefined keeps all. */
  readonly last: number | undefined;
}

/** Sorts frames into conversations, and puts each side's TCP segments in order. What TCP sent again is taken once. */
export class Dialogues {
  readonly #options: DialogueOptions;
  readonly #open = new Map<string, Open>();
  /** Behind the first connection of a port its later ones are numbered. */
  #again = 0;

  constructor(options: DialogueOptions) {
    this.#options = options;
  }

  take(packet: Packet): void {
    const { segment } = packet;
    if (!segment) return;
    const toServer = isToServer(segment, this.#options.ports);
    const [client, server] = toServer ? [segment.from, segment.to] : [segment.to, segment.from];
    const key = `${segment.transport} ${client} ${server}`;
    const speaker = toServer ? 'client' : 'server';
    const isNew = speaker === 'client' && (segment.flags & SYN) !== 0;
    let open = this.#open.get(key);
    if (open && isNew && open.syn !== segment.seq) {
      this.#again += 1;
      this.#rename(key, `${key} ${this.#again}`);
      open = undefined;
    }
    open ??= {
      ...{ transport: segment.transport, client, server, began: packet.time, frames: 0, turns: [] },
      syn: isNew ? segment.seq : undefined,
      orders: { client: new SegmentOrder(), server: new SegmentOrder() },
    };
    open.frames += 1;
    this.#keep(key, open);
    this.#listen(open, speaker, packet);
  }

  /** In the order of their first frames. */
  *conversations(): Generator<Conversation> {
    const all = [...this.#open.values()].sort((one, other) => one.began - other.began);
    for (const open of all) {
      for (const speaker of ['client', 'server'] as const) {
        for (const piece of open.orders[speaker].rest()) this.#sayPiece(open, speaker, piece);
      }
      yield open;
    }
  }

  #rename(from: string, to: string): void {
    const open = this.#open.get(from)!;
    this.#open.delete(from);
    this.#open.set(to, open);
  }

  #keep(key: string, open: Open): void {
    const { last } = this.#options;
    if (last !== undefined) this.#open.delete(key);
    this.#open.set(key, open);
    if (last !== undefined && this.#open.size > last) this.#open.delete(this.#open.keys().next().value!);
  }

  #listen(open: Open, speaker: Turn['speaker'], packet: Packet): void {
    const { flags, seq, transport } = packet.segment!;
    const { payload } = packet;
    if (transport === 'udp') {
      if (payload.length > 0) this.#say(open, speaker, { packet, bytes: payload, missing: 0 });
      return;
    }
    const pieces = open.orders[speaker].take({ packet, payload, seq, flags });
    // TLS is decrypted in order, each record once.
    if (packet.inside) this.#say(open, speaker, { packet, bytes: packet.inside, missing: 0 }, 'open');
    else for (const piece of pieces) this.#sayPiece(open, speaker, piece);
    if (flags & RST) open.turns.push(ending(speaker, packet, 'resets'));
    else if (flags & FIN && !hasEnded(open, speaker)) open.turns.push(ending(speaker, packet, 'closes'));
  }

  #sayPiece(open: Open, speaker: Turn['speaker'], { segment, bytes, missing }: Piece<Sequenced>): void {
    this.#say(open, speaker, { packet: segment.packet, bytes, missing });
  }

  #say(open: Open, speaker: Turn['speaker'], { packet, bytes, missing }: Said, opened?: Sealed): void {
    const sealed = opened ?? (packet.isSealed ? 'shut' : undefined);
    open.turns.push({
      ...{ speaker, act: 'says', frame: packet.number, time: packet.time, missing },
      // A copy lets go of the rest.
      bytes: bytes.length > this.#options.bytes ? Buffer.from(bytes.subarray(0, this.#options.bytes)) : bytes,
      length: bytes.length,
      sealed,
      exposed: this.#options.exposedBy(packet.number),
    });
  }
}

function hasEnded({ turns }: Conversation, speaker: Turn['speaker']): boolean {
  return turns.some((turn) => turn.speaker === speaker && turn.act !== 'says');
}

function ending(speaker: Turn['speaker'], { number, time }: Packet, act: 'closes' | 'resets'): Turn {
  return { speaker, act, frame: number, time, bytes: Buffer.alloc(0), length: 0, missing: 0, exposed: [] };
}
