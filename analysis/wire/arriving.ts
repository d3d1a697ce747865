import type { FrameRef } from '#analysis/capture/frames.ts';
import type { IpFrame } from '#analysis/capture/read-ip.ts';
import type { Host } from '#lib/lab/hosts.ts';
import { crcOf } from '#lib/message/crc.ts';
import { type Packet, parsePacket } from '#lib/packet/packet.ts';
import type { WireFlows } from './flows.ts';
import { wantedBy } from './judge.ts';
import { keyedOf, type OnTheWay } from './on-the-way.ts';
import { headOf, payloadGot, payloadIn, placeIn, type Range, restOf } from './place.ts';
import { type Arrival, isOf, type Sent } from './sent.ts';

/** The most segments of two frames that a host joins when they arrive. */
const MOST_JOINED = 64;

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
  take(frame: IpFrame): readonly Sent[] {
    const { packet } = frame;
    const placed = this.#placeOf(frame, packet);
    if (placed) return [this.#add(placed, packet.id)];
    return packet.tcp && packet.bytes.length > packet.payloadAt ? this.#takeJoined(frame, packet) : [];
  }

  /** Looks at all that has arrived already only if nothing that has not is the packet. */
  #placeOf(frame: IpFrame, packet: Packet): Placed | undefined {
    const keyed = keyedOf(packet);
    const usual = ({ from }: Sent) => this.#took[from];
    const awaited = placesIn(this.#onTheWay.openLike(keyed), frame, packet).filter(
      (one) => isRight(one) && isAwaited(one),
    );
    return best(awaited, usual) ?? best(placesIn(this.#onTheWay.like(keyed), frame, packet), usual);
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
  #takeJoined(frame: IpFrame, packet: Packet): readonly Sent[] {
    for (const { packet: first } of this.#onTheWay.like(keyedOf(packet))) {
      const length = first.tcp ? lengthUpTo(first, packet) : 0;
      if (length <= 0) continue;
      const head = parsePacket(headOf(packet, length));
      const begin = head && this.#placeOf(frame, head);
      const rest = begin && this.#restOf(packet, length);
      const followers = rest ? this.take({ ...frame, packet: rest }) : [];
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
        .like({ ...keyedOf(packet), id: one, crc: undefined })
        .some(({ packet: next }) => next.id === one && next.tcp?.sequence === seq),
    );
    return id === undefined ? undefined : parsePacket(restOf(packet, length, id));
  }
}

function placesIn(
  candidates: readonly Sent[],
  { number, time, captured }: IpFrame,
  packet: Packet,
): Placed[] {
  return candidates.flatMap((sent) => {
    const range = placeIn(sent.packet, packet);
    return range
      ? { sent, range, arrival: arrivalOf(sent, range, { packet, captured, frame: { number, time } }) }
      : [];
  });
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

/**
 * The packet to which an arrival belongs. Several are possible if they are identical in their headers: then the bytes
 * decide. Among copies that are identical in everything, it is the one that took about as long as the packet before.
 *
 * @param usual how long that was, in seconds, without its delay
 */
function best(places: readonly Placed[], usual: (sent: Sent) => number): Placed | undefined {
  if (places.length < 2) return places[0];
  const right = places.filter(isRight);
  const alike = right.length > 0 ? right : places;
  const unusual = (one: Placed) => Math.abs(tookOf(one) - usual(one.sent));
  return alike.filter(isAwaited).toSorted((one, other) => unusual(one) - unusual(other))[0] ?? alike.at(-1);
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
