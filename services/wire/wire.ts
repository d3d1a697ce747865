import { type Detail, PATIENCE_MS, type Step } from '#lib/faults/wire/fault.ts';
import { giveBackHop } from '#lib/packet/craft.ts';
import { type Packet, parsePacket } from '#lib/packet/packet.ts';
import { type Conditions, type Direction, directions } from './conditions/conditions.ts';
import { Decider, type Decision } from './decisions/decisions.ts';
import { type Flow, Flows } from './decisions/flows.ts';
import type { QueueLength } from './link/aqm.ts';
import { type Carried, type Drop, Link } from './link/link.ts';
import { Schedule } from './link/schedule.ts';

/** A packet that may stay for this long gets memory of its own, in ms. */
const LONG_MS = 1_000;
/** The bytes of the largest packet of an Ethernet. */
const FULL_PACKET = 1_500;

/** A packet on its way, with what is known of it. */
interface OnTheWay extends Carried {
  readonly direction: Direction;
  readonly packet: Packet;
  readonly flow: Flow;
  /** Its number in its flow and direction. */
  readonly number: number;
}

/** A reordered packet, with how many packets still pass it. */
interface Passed {
  readonly wait: OnTheWay;
  packets: number;
}

/** A decision that is not `none`. */
export interface Struck {
  readonly direction: Direction;
  readonly packet: Packet;
  readonly flow: Flow;
  readonly number: number;
  readonly fault: string;
  readonly detail: Detail;
  readonly rule: string | undefined;
}

export interface WireParts {
  /** The address of the wire. */
  readonly address: number;
  readonly clientAddress: number;
  /** Gives a packet to the other host. */
  readonly transmit: (bytes: Buffer) => void;
  /** Called for each decision that is not `none`. */
  readonly onStruck: (struck: Struck) => void;
}

/** What the wire has done in one direction since its last change. */
export interface Totals {
  readonly packets: number;
  readonly bytes: number;
  readonly delivered: number;
  /** By the name of the fault or of the drop. */
  readonly struck: ReadonlyMap<string, number>;
}

interface Side {
  readonly link: Link<OnTheWay>;
  decider: Decider;
  /** Whether its packets may stay for long. */
  staysLong: boolean;
  packets: number;
  bytes: number;
  delivered: number;
  readonly struck: Map<string, number>;
}

/** The hop in the middle: decides about each packet, and carries the decision out. Knows no device and no clock. */
export class Wire {
  readonly #parts: WireParts;
  readonly #flows = new Flows();
  readonly #sides: Readonly<Record<Direction, Side>>;
  /** Packets that something holds back before they reach the queue. */
  readonly #held = new Schedule<() => void>();
  /** Reordered packets, by flow and direction. */
  readonly #passing = new Map<string, Set<Passed>>();

  constructor(seed: string, conditions: Readonly<Record<Direction, Conditions>>, parts: WireParts) {
    this.#parts = parts;
    const side = (direction: Direction): Side => ({
      link: new Link(conditions[direction], {
        deliver: (carried) => this.#deliver(carried),
        onDrop: (carried, why, queue) => this.#drop(carried, why, queue),
        random: ({ flow, number }) => this.#sides[direction].decider.chanceOf(flow, number),
      }),
      decider: this.#decider(direction, conditions[direction], seed),
      staysLong: longestStay(conditions[direction]) >= LONG_MS,
      packets: 0,
      bytes: 0,
      delivered: 0,
      struck: new Map(),
    });
    this.#sides = { up: side('up'), down: side('down') };
  }

  /** A packet has arrived. @param now in ms */
  receive(bytes: Buffer, now: number): void {
    const arrived = parsePacket(bytes);
    if (!arrived) return;
    this.#release(now);
    const direction: Direction = arrived.destination === this.#parts.clientAddress ? 'down' : 'up';
    const side = this.#sides[direction];
    const packet = side.staysLong ? alone(arrived) : arrived;
    giveBackHop(packet.bytes);
    side.packets += 1;
    side.bytes += packet.bytes.length;
    const decision = side.decider.decide(packet);
    this.#report(direction, packet, decision);
    const { flow, packet: number, delayMs = 0 } = decision;
    const carried = { direction, packet, flow, number, delayMs };
    for (const step of decision.steps) this.#take(step, carried, now);
    if (decision.steps.some((step) => step.do === 'send')) this.#letPass(carried, now);
  }

  /**
   * Sends all packets whose time has come.
   *
   * @returns when the next one is due, in ms
   */
  advance(now: number): number | undefined {
    this.#release(now);
    const times = [this.#held.next, ...directions.map((one) => this.#sides[one].link.advance(now))];
    const known = times.filter((time) => time !== undefined);
    return known.length > 0 ? Math.min(...known) : undefined;
  }

  /** New conditions for one direction. Its totals begin again. */
  change(direction: Direction, conditions: Conditions, seed: string): void {
    const side = this.#sides[direction];
    side.link.change(conditions);
    side.decider = this.#decider(direction, conditions, seed);
    side.staysLong = longestStay(conditions) >= LONG_MS;
    Object.assign(side, { packets: 0, bytes: 0, delivered: 0 });
    side.struck.clear();
  }

  /** Flows and their packets are counted from 1 again. */
  beginAgain(): void {
    this.#flows.clear();
  }

  totals(direction: Direction): Totals {
    return this.#sides[direction];
  }

  queue(direction: Direction): QueueLength {
    return this.#sides[direction].link.queue;
  }

  /** Sends what was held back, each packet as if at the time that was its own. */
  #release(now: number): void {
    for (let due = this.#held.take(now); due; due = this.#held.take(now)) due();
  }

  #decider(direction: Direction, conditions: Conditions, seed: string): Decider {
    return new Decider(direction, conditions, { seed, flows: this.#flows, address: this.#parts.address });
  }

  #report(direction: Direction, packet: Packet, decision: Decision): void {
    const { fault, detail, delayMs, flow, rule, packet: number, steps } = decision;
    const arrives = steps.some((step) => step.do !== 'send-back');
    if (fault === 'none' && delayMs === undefined) return;
    const isDelayed = delayMs !== undefined && arrives && fault !== 'delay';
    this.#strike({
      direction,
      packet,
      flow,
      number,
      rule,
      fault: fault === 'none' ? 'delay' : fault,
      detail: isDelayed ? { ...detail, delay_ms: delayMs } : detail,
    });
  }

  #strike(struck: Struck): void {
    const counts = this.#sides[struck.direction].struck;
    counts.set(struck.fault, (counts.get(struck.fault) ?? 0) + 1);
    this.#parts.onStruck(struck);
  }

  #take(step: Step, carried: Omit<OnTheWay, 'bytes'>, now: number): void {
    const packet = { ...carried, bytes: step.bytes };
    switch (step.do) {
      case 'send':
        this.#send(packet, now);
        break;
      case 'send-back':
        this.#send({ ...packet, ...this.#back(step.bytes, carried) }, now);
        break;
      case 'send-later':
        this.#hold(packet, now, step.milliseconds);
        break;
      case 'send-after':
        this.#wait(packet, step.packets, now);
        break;
    }
  }

  /** What is different about a packet that goes back to the host from which another one came. */
  #back(bytes: Buffer, { direction, packet }: Omit<OnTheWay, 'bytes'>) {
    return {
      direction: direction === 'up' ? 'down' : 'up',
      packet: parsePacket(bytes) ?? packet,
      delayMs: 0,
    } as const;
  }

  #send(packet: OnTheWay, now: number): void {
    this.#sides[packet.direction].link.send(packet, now);
  }

  #hold(packet: OnTheWay, now: number, milliseconds: number): void {
    if (!this.#hasRoom(packet)) return;
    const due = now + milliseconds;
    this.#held.add(due, () => this.#resume(packet, due));
  }

  #wait(wait: OnTheWay, packets: number, now: number): void {
    if (!this.#hasRoom(wait)) return;
    const key = passingKey(wait);
    const entry = { wait, packets };
    this.#passing.set(key, (this.#passing.get(key) ?? new Set()).add(entry));
    const due = now + PATIENCE_MS;
    this.#held.add(due, () => {
      if (this.#forget(key, entry)) this.#resume(wait, due);
    });
  }

  /** Takes room for a packet that is held back, or drops it. */
  #hasRoom(packet: OnTheWay): boolean {
    const { room } = this.#sides[packet.direction].link;
    const hasRoom = !room.isFull;
    if (hasRoom) room.take(packet.bytes);
    else this.#drop(packet, 'overflow', this.queue(packet.direction));
    return hasRoom;
  }

  /** What was held back goes on. */
  #resume(packet: OnTheWay, now: number): void {
    this.#sides[packet.direction].link.room.leave(packet.bytes);
    this.#send(packet, now);
  }

  /** One more packet of the flow has passed those that wait. */
  #letPass(carried: Omit<OnTheWay, 'bytes'>, now: number): void {
    const key = passingKey(carried);
    for (const entry of this.#passing.get(key) ?? []) {
      entry.packets -= 1;
      if (entry.packets === 0 && this.#forget(key, entry)) this.#resume(entry.wait, now);
    }
  }

  /** @returns whether it still waited */
  #forget(key: string, entry: Passed): boolean {
    const waiting = this.#passing.get(key);
    if (!waiting?.delete(entry)) return false;
    if (waiting.size === 0) this.#passing.delete(key);
    return true;
  }

  #deliver({ direction, bytes }: OnTheWay): void {
    this.#sides[direction].delivered += 1;
    this.#parts.transmit(bytes);
  }

  #drop({ direction, packet, flow, number }: OnTheWay, why: Drop, queue: QueueLength): void {
    this.#strike({
      direction,
      packet,
      flow,
      number,
      rule: undefined,
      fault: why,
      detail: { queue_packets: queue.packets, queue_bytes: queue.bytes },
    });
  }
}

/** How long a packet may stay at most, in ms, as far as conditions say so. */
function longestStay({ delay, jitter, rate, queue, script, tamper }: Conditions): number {
  const bytes = 'packets' in queue ? queue.packets * FULL_PACKET : queue.bytes;
  const queued = rate === undefined ? 0 : bytes / (rate / 8_000);
  const ruled = script.map(({ fault, by = 0 }) => (fault.name === 'delay' ? by : 0));
  const again = tamper?.how === 'replay' ? tamper.afterMs : 0;
  return Math.max(delay + jitter.jitterMs, queued, again, ...ruled);
}

/**
 * A packet with memory of its own. Packets that arrive together share a piece of memory, so one that stays would keep
 * that of all others.
 */
function alone(packet: Packet): Packet {
  const bytes = Buffer.allocUnsafeSlow(packet.bytes.length);
  packet.bytes.copy(bytes);
  return { ...packet, bytes };
}

function passingKey({ direction, flow }: Pick<OnTheWay, 'direction' | 'flow'>): string {
  return `${direction} ${flow.name}`;
}
