import type { LivePacket } from '../../contract.ts';
import { type Pace, paceOf, USUAL } from './pace.ts';

/** A packet on the stage. Times are of the stage, in seconds from the beginning of the film. */
export interface Flight {
  readonly packet: LivePacket;
  /** Its place among the packets of the film. */
  readonly index: number;
  readonly leaves: number;
  /** Until when it is seen on its way; undefined while nobody knows. */
  readonly ends: number | undefined;
  /** From 0, the client host, to 1, the server host. */
  readonly from: number;
  readonly to: number;
  /** Its lane among the packets of its direction. */
  readonly lane: number;
}

/** A wait that is shorter on the stage than it was. */
export interface Cut {
  readonly from: number;
  readonly to: number;
  /** How long it was, in seconds. */
  readonly waited: number;
}

export const LANES = 3;
/** Where the wire is, and how far a packet is seen that nobody saw arrive. */
const MIDDLE = 0.5;
const UNSEEN = 0.8;
/** The share of a flight after which the next packet has room on the same lane. */
const ROOM = 0.18;
/** A wait counts as cut when it was this much longer. */
const CUT = 1.05;

/** What a film is made of: arrays, because it is made anew with each packet. */
interface Reels {
  readonly packets: readonly LivePacket[];
  readonly pace: Pace;
  /** By packet. The end is NaN while nobody knows it. */
  readonly leaves: Float64Array;
  readonly ends: Float64Array;
  readonly lanes: Uint8Array;
  /** By event: captured times and times of the stage, both rising. */
  readonly captured: Float64Array;
  readonly shown: Float64Array;
  readonly cuts: readonly Cut[];
}

/**
 * Packets as they move on the stage. Everything happens in the order in which it was captured. The times between are as
 * the pace has them: so much slower, but never too short to be seen, nor longer than one likes to wait.
 */
export class Film {
  readonly #reels: Reels;
  /** When the last packet has arrived. */
  readonly length: number;

  constructor(reels: Reels) {
    this.#reels = reels;
    this.length = reels.leaves.reduce(
      (most, left, index) => Math.max(most, this.#knownEnd(index) ?? left),
      0,
    );
  }

  get pace(): Pace {
    return this.#reels.pace;
  }

  get cuts(): readonly Cut[] {
    return this.#reels.cuts;
  }

  /** How many packets it has. */
  get size(): number {
    return this.#reels.packets.length;
  }

  packet(index: number): LivePacket | undefined {
    return this.#reels.packets[index];
  }

  /** When a packet leaves its host. */
  leaves(index: number): number {
    return this.#reels.leaves[index] ?? Number.NaN;
  }

  /** Until when a packet is on its way: for ever, while nobody knows. */
  ends(index: number): number {
    return this.#knownEnd(index) ?? Number.POSITIVE_INFINITY;
  }

  flight(index: number): Flight | undefined {
    const { packets, leaves, lanes } = this.#reels;
    const packet = packets[index];
    if (!packet) return undefined;
    const [from, to] = wayOf(packet);
    return {
      packet,
      index,
      leaves: leaves[index]!,
      ends: this.#knownEnd(index),
      from,
      to,
      lane: lanes[index]!,
    };
  }

  indexOf(id: number): number {
    return this.#reels.packets.findLastIndex((packet) => packet.id === id);
  }

  /** How many packets have left by a moment of the stage. */
  begun(shown: number): number {
    return firstAfter(this.#reels.leaves, shown);
  }

  /** The captured time that the stage shows at a moment. */
  capturedAt(shown: number): number {
    return between(this.#reels.shown, this.#reels.captured, shown);
  }

  /** When the stage shows a captured time. */
  shownAt(captured: number): number {
    return between(this.#reels.captured, this.#reels.shown, captured);
  }

  /** In real time most packets are too fast to be seen, and are only drawn for longer. */
  #knownEnd(index: number): number | undefined {
    const { packets, leaves, ends, pace } = this.#reels;
    const packet = packets[index];
    const [left, end] = [leaves[index], ends[index]];
    if (!packet || left === undefined || end === undefined) return undefined;
    const least = left + shareOf(packet) * pace.flight;
    if (!Number.isNaN(end)) return Math.max(end, least);
    return packet.fate === 'travelling' ? undefined : least;
  }
}

/** A film without a packet. */
export function noFilm(pace: Pace = paceOf(USUAL)): Film {
  return filmOf([], pace);
}

/** @param packets in the order of their times */
export function filmOf(packets: readonly LivePacket[], pace: Pace): Film {
  const events = eventsOf(packets);
  const [captured, shown] = [new Float64Array(events.length), new Float64Array(events.length)];
  const leaves = new Float64Array(packets.length);
  const ends = new Float64Array(packets.length).fill(Number.NaN);
  const cuts: Cut[] = [];
  // The first event is at 0.
  let [before, now] = [packets[0]?.time ?? 0, -pace.least];
  for (let event = 0; event < events.length; event += 1) {
    const isEnd = events[event]! < 0;
    const index = isEnd ? ~events[event]! : events[event]!;
    const at = isEnd ? arrivalOf(packets[index]!)! : packets[index]!.time;
    const waited = Math.max(0, at - before);
    const passes = Math.min(Math.max(waited * pace.slowness, pace.least), pace.most);
    const earliest = isEnd && pace.slowness > 1 ? leaves[index]! + pace.flight : 0;
    const next = Math.max(now + passes, earliest);
    if (waited * pace.slowness > CUT * (next - now)) cuts.push({ from: now, to: next, waited });
    [before, now] = [at, next];
    captured[event] = at;
    shown[event] = next;
    (isEnd ? ends : leaves)[index] = next;
  }
  const lanes = lanesOf(packets, leaves, pace.flight * ROOM);
  return new Film({ packets, pace, leaves, ends, lanes, captured, shown, cuts });
}

/** What happens, in order: the place of a packet that leaves, and its complement for one that arrives. */
function eventsOf(packets: readonly LivePacket[]): Int32Array {
  const arrivals = arrivalsOf(packets);
  const events = new Int32Array(packets.length + arrivals.length);
  let arrived = 0;
  for (let left = 0; left <= packets.length; left += 1) {
    // A packet leaves before it arrives, also where a clock shows the same time twice.
    const until = packets[left]?.time ?? Number.POSITIVE_INFINITY;
    for (; arrived < arrivals.length && arrivalOf(packets[arrivals[arrived]!]!)! < until; arrived += 1)
      events[left + arrived] = ~arrivals[arrived]!;
    if (left < packets.length) events[left + arrived] = left;
  }
  return events;
}

/** The packets whose arrival is known, in the order in which they arrived. */
function arrivalsOf(packets: readonly LivePacket[]): readonly number[] {
  const arrived: number[] = [];
  for (let index = 0; index < packets.length; index += 1)
    if (arrivalOf(packets[index]!) !== undefined) arrived.push(index);
  return arrived.sort((one, other) => arrivalOf(packets[one]!)! - arrivalOf(packets[other]!)! || one - other);
}

function arrivalOf({ fate, arrived, time }: LivePacket): number | undefined {
  if (arrived === undefined || (fate !== 'arrived' && fate !== 'altered')) return undefined;
  return Math.max(arrived, time);
}

/** Which share of the whole way a packet goes. */
function shareOf(packet: LivePacket): number {
  const { fate, direction } = packet;
  if (direction !== 'other' && (fate === 'arrived' || fate === 'altered')) return 1;
  const [from, to] = wayOf(packet);
  return Math.abs(to - from);
}

/** Where a packet begins and ends: 0 is the client host, 1 the server host. */
function wayOf({ direction, fate, frames }: LivePacket): readonly [from: number, to: number] {
  const [start, end] = direction === 'down' ? [1, 0] : [0, 1];
  if (direction === 'other') {
    // The other end is neither host; of this one only the capture is known.
    return frames.client === undefined ? [1, MIDDLE] : [0, MIDDLE];
  }
  if (fate === 'lost') return [start, MIDDLE];
  if (fate === 'copied') return [MIDDLE, end];
  if (fate === 'unseen') return [start, start + (end - start) * UNSEEN];
  return [start, end];
}

const DIRECTIONS = ['up', 'down', 'other'] as const;

/** For each packet the first lane with room, or the one whose last packet left first. */
function lanesOf(packets: readonly LivePacket[], leaves: Float64Array, room: number): Uint8Array {
  const lanes = new Uint8Array(packets.length);
  const last = new Float64Array(LANES * DIRECTIONS.length).fill(Number.NEGATIVE_INFINITY);
  for (let index = 0; index < packets.length; index += 1) {
    const base = LANES * DIRECTIONS.indexOf(packets[index]!.direction);
    const left = leaves[index]!;
    let lane = 0;
    for (let other = 0; other < LANES; other += 1) {
      if (left - last[base + other]! >= room) {
        lane = other;
        break;
      }
      if (last[base + other]! < last[base + lane]!) lane = other;
    }
    last[base + lane] = left;
    lanes[index] = lane;
  }
  return lanes;
}

/** The value at the same place between two of its list as the given one between two of another list. */
function between(list: Float64Array, other: Float64Array, value: number): number {
  const after = firstAfter(list, value);
  const [low, high] = [list[after - 1], list[after]];
  if (low === undefined) return other[after] ?? 0;
  if (high === undefined) return other[after - 1]!;
  return other[after - 1]! + ((value - low) / (high - low)) * (other[after]! - other[after - 1]!);
}

/** The place of the first value that is greater. */
function firstAfter(list: Float64Array, value: number): number {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle]! > value) high = middle;
    else low = middle + 1;
  }
  return low;
}
