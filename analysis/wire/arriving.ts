import type { FrameRef } from '#analysis/capture/frames.ts';
import type { IpFrame } from '#analysis/capture/read-ip.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { crcOf } from '#lib/message/crc.ts';
import { type Packet, parsePacket } from '#lib/packet/packet.ts';
import type { WireFlows } from './flows.ts';
import { first } from './in-time.ts';
import { isEarly, wantedBy } from './judge.ts';
import { keyedOf, type OnTheWay } from './on-the-way.ts';
import { headOf, payloadGot, payloadIn, placeIn, type Range, restOf } from './place.ts';
import { type Arrival, isOf, type Sent } from './sent.ts';

/** The most segments of two frames that a host joins when they arrive. */
const MOST_JOINED = 64;
/** The most packets that are compared with one that arrives. Thousands may be alike. */
const MOST_COMPARED = 1_024;

interface Placed {
  readonly sent: Sent;
  readonly range: Range;
  readonly arrival: Omit<Arrival, 'isOvertaken'>;
}

/** Finds the sent packets to which those in the capture of the receiver belong. */
export class Arriving {
  readonly #onTheWay: OnTheWay;
  readonly #flows: WireFlows;
  /** How long the last packet from each host took. */
  readonly #took: Record<Host, number> = { server: 0, client: 0 };

  constructor(onTheWay: OnTheWay, flows: WireFlows) {
    this.#onTheWay = onTheWay;
    this.#flows = flows;
  }

  /** Adds an arrival to the packet that was sent. @returns the packets that it belongs to; none if there is none */
  take(frame: IpFrame, from: Host): readonly Sent[] {
    const { packet } = frame;
    const placed = this.#placeOf(frame, from);
    if (placed) return [this.#add(placed, packet.id)];
    return packet.tcp && packet.bytes.length > packet.payloadAt ? this.#takeJoined(frame, from) : [];
  }

  /**
   * The packet to which an arrival belongs. Several are possible if they are identical in their headers: then the bytes
   * decide. Among copies that are identical in everything, it is the one that took about as long as the packet before.
   * All that has arrived already is looked at only if nothing that has not is the packet.
   */
  #placeOf(frame: IpFrame, from: Host): Placed | undefined {
    const { open, sent } = this.#onTheWay.like(keyedOf(frame.packet));
    const usual = frame.time - this.#took[from];
    for (const one of placesIn(open.around(usual), frame)) if (isWanted(one)) return one;
    let last: Placed | undefined;
    for (const one of placesIn(sent.around(usual), frame)) {
      if (isRight(one)) return one;
      last = last && isAwaited(last) ? last : one;
    }
    return last;
  }

  #add({ sent, range, arrival }: Placed, id: number): Sent {
    this.#took[sent.from] = tookOf({ sent, arrival });
    this.#flows.learn(sent, range, id);
    const isFirst = sent.arrivalsOf(range).length === 0;
    const isLate = this.#flows.arrive(sent, range);
    sent.arrivals.push({ ...arrival, isOvertaken: isFirst && isLate });
    this.#onTheWay.update(sent);
    return sent;
  }

  /** A host may have joined the last segments of one frame and the first ones of the next. */
  #takeJoined(frame: IpFrame, from: Host): readonly Sent[] {
    const { packet } = frame;
    for (const { packet: one } of this.#onTheWay.like(keyedOf(packet)).sent.all()) {
      const length = one.tcp ? lengthUpTo(one, packet) : 0;
      if (length <= 0) continue;
      const head = parsePacket(headOf(packet, length));
      const begin = head && this.#placeOf({ ...frame, packet: head }, from);
      const rest = begin && this.#restOf(packet, length);
      const followers = rest ? this.take({ ...frame, packet: rest }, from) : [];
      if (begin && followers.length > 0) return [this.#add(begin, packet.id), ...followers];
    }
    return [];
  }

  /** What follows, as a packet with the identification of the frame that it belongs to. */
  #restOf(packet: Packet, length: number): Packet | undefined {
    const ids = Array.from({ length: MOST_JOINED }, (_, at) => (packet.id + 1 + at) & 0xffff);
    const seq = (packet.tcp!.sequence + length) >>> 0;
    const id = ids.find((one) =>
      this.#onTheWay
        .like({ ...packet, id: one, own: undefined })
        .sent.all()
        .some(({ packet: next }) => next.id === one && next.tcp?.sequence === seq),
    );
    return id === undefined ? undefined : parsePacket(restOf(packet, length, id));
  }
}

function* placesIn(
  candidates: Iterable<Sent>,
  { number, time, captured, packet }: IpFrame,
): Generator<Placed> {
  for (const sent of first(MOST_COMPARED, candidates)) {
    const range = placeIn(sent.packet, packet);
    if (range) {
      const arrival = arrivalOf(sent, range, { packet, captured, frame: { number, time } });
      yield { sent, range, arrival };
    }
  }
}

/** How many bytes of a packet belong to a frame that ends before it does. */
function lengthUpTo(first: Packet, packet: Packet): number {
  const offset = (packet.tcp!.sequence - first.tcp!.sequence) >>> 0;
  const length = first.bytes.length - first.payloadAt - offset;
  return length < packet.bytes.length - packet.payloadAt ? length : 0;
}

function arrivalOf(
  sent: Sent,
  range: Range,
  got: { readonly packet: Packet; readonly captured: number; readonly frame: FrameRef },
): Omit<Arrival, 'isOvertaken'> {
  const { packet, captured, frame } = got;
  const before = payloadIn(sent.packet, range);
  const after = payloadGot(sent.packet, packet, range);
  const known = Math.max(0, captured - (packet.bytes.length - after.length));
  const knownBefore = Math.max(0, sent.captured - (sent.packet.headerAt + range.to - before.length));
  const both = Math.min(known, knownBefore, after.length);
  return {
    ...range,
    frame,
    packet,
    isSame: before.subarray(0, both).equals(after.subarray(0, both)),
    isTruncated: both < after.length,
    crc: crcOf(after),
  };
}

/** Whether the packet lacks this arrival, and may have it by now. */
function isWanted(one: Placed): boolean {
  const { sent, range, arrival } = one;
  const isTooEarly = sent.fates.some((fate) => isOf(range, fate.range) && isEarly(sent, fate, arrival));
  return isAwaited(one) && isRight(one) && !isTooEarly;
}

function isRight(one: Placed): boolean {
  return one.arrival.isSame || isExpected(one);
}

/** Whether the packet has not arrived as often as it should. */
function isAwaited({ sent, range }: Placed): boolean {
  return sent.arrivalsOf(range).length < wantedOf(sent, range);
}

/** How long a packet was on the way, in seconds, without its delay. */
function tookOf({
  sent,
  arrival,
}: Pick<Placed, 'sent'> & { readonly arrival: { readonly frame: FrameRef } }): number {
  return arrival.frame.time - sent.frame.time - sent.delay;
}

function isExpected({ sent, range, arrival }: Placed): boolean {
  return sent.fates.some((fate) => isOf(range, fate.range) && fate.expected.crc === arrival.crc);
}

function wantedOf(sent: Sent, range: Range): number {
  const fate = sent.fates.find((one) => isOf(range, one.range));
  return fate ? wantedBy(fate) : 1;
}
