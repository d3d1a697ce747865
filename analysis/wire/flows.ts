import type { Packet } from '#lib/packet/packet.ts';
import type { Range } from './place.ts';
import type { Fate, Sent } from './sent.ts';

/** The most flows that are followed at once; beyond that the oldest are forgotten. */
const MOST = 50_000;
/** The payload of a segment on Ethernet, with time stamps. */
const USUAL_SEGMENT = 1_448;

interface Flow {
  /** The payload of its full segments, as far as is known. */
  segment: number;
  /** The packet that was sent last among those that have arrived. */
  latest: { readonly order: number; readonly from: number };
  /** Reordered packets that have not arrived. */
  readonly waiting: Fate[];
}

/** What is known of the packets from one port to another. */
export class WireFlows {
  readonly #all = new Map<string, Flow>();

  /** Notes how a frame was cut: the segment with this IP identification begins there. */
  learn({ packet }: Sent, { from }: Range, id: number): void {
    const number = (id - packet.id) & 0xffff;
    if (packet.tcp && number > 0 && from > 0) {
      this.#of(packet).segment = (from - (packet.payloadAt - packet.headerAt)) / number;
    }
  }

  /** How many packets a part of a frame was on the way. */
  packetsIn({ packet }: Sent, { from, to }: Range): number {
    if (!packet.tcp) return 1;
    const header = packet.payloadAt - packet.headerAt;
    const payload = to - Math.max(from, header);
    return Math.max(1, Math.ceil(payload / this.#of(packet).segment));
  }

  reorder(fate: Fate): void {
    const { owner, range } = fate;
    if (owner.arrivalsOf(range).length === 0) this.#of(owner.packet).waiting.push(fate);
  }

  /** Notes an arrival. @returns whether a packet that was sent later arrived before it */
  arrive(sent: Sent, range: Range): boolean {
    const flow = this.#of(sent.packet);
    const { order } = sent;
    const isLater = (one: { order: number; from: number }) =>
      order > one.order || (order === one.order && range.from > one.from);
    const still = flow.waiting.filter((fate) => {
      const { owner } = fate;
      if (owner === sent && range.from <= fate.range.from && range.to >= fate.range.to) return false;
      if (isLater({ order: owner.order, from: fate.range.from })) fate.passed += this.packetsIn(sent, range);
      return true;
    });
    if (still.length < flow.waiting.length) flow.waiting.splice(0, flow.waiting.length, ...still);
    const isOvertaken =
      !isLater(flow.latest) && (order !== flow.latest.order || range.from !== flow.latest.from);
    if (!isOvertaken) flow.latest = { order, from: range.from };
    return isOvertaken;
  }

  /** A packet will not arrive any more. */
  forget(sent: Sent): void {
    if (sent.fates.length === 0) return;
    const { waiting } = this.#of(sent.packet);
    const still = waiting.filter(({ owner }) => owner !== sent);
    waiting.splice(0, waiting.length, ...still);
  }

  #of(packet: Packet): Flow {
    const { bytes, source, sourcePort, destination, destinationPort } = packet;
    const key = `${source} ${sourcePort} ${destination} ${destinationPort} ${bytes[9]}`;
    const known = this.#all.get(key);
    if (known) return known;
    const flow = { segment: USUAL_SEGMENT, latest: { order: -1, from: 0 }, waiting: [] };
    this.#all.set(key, flow);
    if (this.#all.size > MOST) this.#all.delete(this.#all.keys().next().value!);
    return flow;
  }
}
