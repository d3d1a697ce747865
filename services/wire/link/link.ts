import type { Conditions, QueueLimit } from '../conditions/conditions.ts';
import { CoDel, type QueueLength, Red } from './aqm.ts';
import { Room } from './room.ts';
import { Schedule } from './schedule.ts';

/** The bytes that Ethernet adds to an IP packet in a capture. */
export const ETHERNET_HEADER = 14;

/** The bytes of the largest frame of an Ethernet. */
const FULL_FRAME = 1_514;

/** A packet on its way. */
export interface Carried {
  readonly bytes: Buffer;
  readonly delayMs: number;
}

/** Why a link dropped a packet: its queue is full, RED or CoDel drops it early, or the wire holds too much. */
export const drops = ['tail-drop', 'early-drop', 'overflow'] as const;
export type Drop = (typeof drops)[number];

export interface LinkParts<Packet extends Carried> {
  /** Called for each packet at the end of its way. */
  readonly deliver: (packet: Packet) => void;
  readonly onDrop: (packet: Packet, why: Drop, queue: QueueLength) => void;
  /** A number in [0, 1) for the draw of RED about this packet. */
  readonly random: (packet: Packet) => number;
}

/**
 * One direction of the wire: a queue, then a rate, then a delay.
 *
 * It computes with the times at which things should happen. A timer that fires late delays one packet; the rate and the
 * order stay exact.
 */
export class Link<Packet extends Carried> {
  /** What waits here or is on the way, and what the wire holds back before. */
  readonly room = new Room();
  readonly #parts: LinkParts<Packet>;
  #conditions: Conditions;
  #waiting: { readonly packet: Packet; readonly since: number }[] = [];
  /** Where the queue begins in the list. The list is cut from time to time. */
  #head = 0;
  #waitingBytes = 0;
  readonly #onTheWay = new Schedule<Packet>();
  /** Until when the bytes that have passed use up the rate. */
  #bookedUntil = 0;
  #lastDeparture = 0;
  #lastArrival = 0;
  #red = new Red();
  #coDel = new CoDel();

  constructor(conditions: Conditions, parts: LinkParts<Packet>) {
    this.#conditions = conditions;
    this.#parts = parts;
  }

  get queue(): QueueLength {
    return { packets: this.#waiting.length - this.#head, bytes: this.#waitingBytes };
  }

  /** New conditions. What waits is sent under them. */
  change(conditions: Conditions): void {
    if (conditions.aqm !== this.#conditions.aqm) {
      this.#red = new Red();
      this.#coDel = new CoDel();
    }
    this.#conditions = conditions;
  }

  /** @param now in ms */
  send(packet: Packet, now: number): void {
    this.advance(now);
    const why = this.#dropOf(packet, now);
    if (why) {
      this.#parts.onDrop(packet, why, this.queue);
      return;
    }
    this.room.take(packet.bytes);
    if (this.#conditions.rate === undefined) this.#depart(packet, now);
    else {
      this.#waiting.push({ packet, since: now });
      this.#waitingBytes += frameLength(packet);
    }
  }

  /**
   * Delivers all packets whose time has come.
   *
   * @returns when the next one is due, in ms
   */
  advance(now: number): number | undefined {
    const departure = this.#transmit(now);
    for (;;) {
      const packet = this.#onTheWay.take(now);
      if (!packet) break;
      this.room.leave(packet.bytes);
      this.#parts.deliver(packet);
    }
    const arrival = this.#onTheWay.next;
    if (departure === undefined || arrival === undefined) return departure ?? arrival;
    return Math.min(departure, arrival);
  }

  #dropOf(packet: Packet, now: number): Drop | undefined {
    if (this.room.isFull) return 'overflow';
    const { packets, bytes } = this.queue;
    const { rate, queue } = this.#conditions;
    if (rate === undefined) return undefined;
    const isEarly = this.#isDroppedEarly(packet, now, rate);
    if (isFull(queue, { packets: packets + 1, bytes: bytes + frameLength(packet) })) return 'tail-drop';
    return isEarly ? 'early-drop' : undefined;
  }

  /** RED sees each packet that arrives, also those for which there is no room. */
  #isDroppedEarly(packet: Packet, now: number, rate: number): boolean {
    if (this.#conditions.aqm !== 'red') return false;
    const idle = ((now - this.#lastDeparture) * rate) / 8_000 / FULL_FRAME;
    return this.#red.drops(this.queue, this.#conditions.queue, {
      idle,
      random: () => this.#parts.random(packet),
    });
  }

  /** Moves packets from the queue onto the way. Returns when the next one departs. */
  #transmit(now: number): number | undefined {
    for (;;) {
      const first = this.#waiting[this.#head];
      if (!first) return undefined;
      const free = Math.max(first.since, this.#lastDeparture);
      if (free > now) return free;
      if (this.#isDroppedAtHead(first, free)) continue;
      const departure = this.#departureOf(first.packet, free);
      if (departure > now) return departure;
      this.#takeFirst();
      this.#bookedUntil = this.#bookedAfter(first.packet, free);
      this.#lastDeparture = departure;
      this.#depart(first.packet, departure);
    }
  }

  /** CoDel asks each packet once, when the link is free for it. */
  #isDroppedAtHead({ packet, since }: { packet: Packet; since: number }, free: number): boolean {
    if (this.#conditions.aqm !== 'codel' || this.#asked === packet) return false;
    this.#asked = packet;
    const isLast = this.#waitingBytes - frameLength(packet) <= FULL_FRAME;
    if (!this.#coDel.drops(free - since, isLast, free)) return false;
    this.#takeFirst();
    this.room.leave(packet.bytes);
    this.#parts.onDrop(packet, 'early-drop', this.queue);
    return true;
  }
  #asked: Packet | undefined;

  #departureOf(packet: Packet, free: number): number {
    return this.#conditions.rate === undefined ? free : Math.max(free, this.#bookedAfter(packet, free));
  }

  /** A token bucket: after a pause, as many bytes as the bucket holds pass at once. */
  #bookedAfter(packet: Packet, free: number): number {
    const { rate, bucket } = this.#conditions;
    if (rate === undefined) return free;
    const bytesPerMs = rate / 8_000;
    return Math.max(this.#bookedUntil, free - bucket / bytesPerMs) + frameLength(packet) / bytesPerMs;
  }

  #takeFirst(): void {
    const { packet } = this.#waiting[this.#head]!;
    this.#waitingBytes -= frameLength(packet);
    this.#head += 1;
    if (this.#head < 1_024 && this.#head < this.#waiting.length) return;
    this.#waiting = this.#waiting.slice(this.#head);
    this.#head = 0;
  }

  #depart(packet: Packet, departure: number): void {
    const arrival = departure + packet.delayMs;
    const due = this.#conditions.order === 'keep' ? Math.max(arrival, this.#lastArrival) : arrival;
    this.#lastArrival = Math.max(due, this.#lastArrival);
    this.#onTheWay.add(due, packet);
  }
}

function frameLength({ bytes }: Carried): number {
  return bytes.length + ETHERNET_HEADER;
}

function isFull(limit: QueueLimit, { packets, bytes }: QueueLength): boolean {
  return 'packets' in limit ? packets > limit.packets : bytes > limit.bytes;
}
