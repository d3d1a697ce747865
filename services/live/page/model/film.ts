import type { LivePacket } from '../../contract.ts';
import type { Pace } from './pace.ts';

/** A packet on the stage. Times are of the stage, in seconds from the beginning of the film. */
export interface Flight {
  readonly packet: LivePacket;
  readonly leaves: number;
  /** When it arrives or is lost; undefined while nobody knows. */
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

/**
 * Packets as they move on the stage. Everything happens in the order in which it was captured. The times between are as
 * the pace has them: so much slower, but never too short to be seen, nor longer than one likes to wait.
 */
export interface Film {
  readonly flights: readonly Flight[];
  readonly cuts: readonly Cut[];
  /** When the last packet has arrived. */
  readonly length: number;
  /** Captured times and times of the stage, both rising. */
  readonly moments: readonly (readonly [captured: number, shown: number])[];
}

export const LANES = 3;
/** Where the wire is, and how far a packet is seen that nobody saw arrive. */
const MIDDLE = 0.5;
const UNSEEN = 0.8;
/** The share of a flight after which the next packet has room on the same lane. */
const ROOM = 0.18;
/** A wait counts as cut when it was this much longer. */
const CUT = 1.05;

interface Event {
  readonly at: number;
  readonly index: number;
  readonly isEnd: boolean;
}

/** @param packets in the order of their times */
export function filmOf(packets: readonly LivePacket[], pace: Pace): Film {
  const events = eventsOf(packets);
  const leaves = new Float64Array(packets.length);
  const ends = new Float64Array(packets.length).fill(Number.NaN);
  const moments: (readonly [number, number])[] = [];
  const cuts: Cut[] = [];
  // The first event is at 0.
  let [captured, shown] = [events[0]?.at ?? 0, -pace.least];
  for (const { at, index, isEnd } of events) {
    const waited = at - captured;
    const passes = Math.min(Math.max(waited * pace.slowness, pace.least), pace.most);
    const earliest = isEnd && pace.slowness > 1 ? leaves[index]! + shareOf(packets[index]!) * pace.flight : 0;
    const next = Math.max(shown + passes, earliest);
    if (waited * pace.slowness > CUT * (next - shown)) cuts.push({ from: shown, to: next, waited });
    [captured, shown] = [at, next];
    moments.push([captured, shown]);
    (isEnd ? ends : leaves)[index] = shown;
  }
  const flights = flightsOf(packets, leaves, ends, pace);
  const length = flights.reduce((most, flight) => Math.max(most, endOf(flight, pace)), 0);
  return { flights, cuts, length, moments };
}

function eventsOf(packets: readonly LivePacket[]): Event[] {
  const events: Event[] = packets.map(({ time }, index) => ({ at: time, index, isEnd: false }));
  for (const [index, packet] of packets.entries()) {
    const at = arrivalOf(packet);
    if (at !== undefined) events.push({ at, index, isEnd: true });
  }
  // A packet leaves before it arrives, also where a clock shows the same time twice.
  return events.sort(
    (one, other) => one.at - other.at || Number(one.isEnd) - Number(other.isEnd) || one.index - other.index,
  );
}

function arrivalOf({ fate, arrived, time }: LivePacket): number | undefined {
  const isThere = fate === 'arrived' || fate === 'altered';
  return isThere && arrived !== undefined ? Math.max(arrived, time) : undefined;
}

/** Which share of the whole way a packet goes. */
function shareOf(packet: LivePacket): number {
  const [from, to] = wayOf(packet);
  return Math.abs(to - from);
}

/** Where a packet begins and ends: 0 is the client host, 1 the server host. */
export function wayOf({ direction, fate, frames }: LivePacket): readonly [from: number, to: number] {
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

function flightsOf(
  packets: readonly LivePacket[],
  leaves: Float64Array,
  ends: Float64Array,
  pace: Pace,
): Flight[] {
  const lanes = new Map<LivePacket['direction'], number[]>();
  return packets.map((packet, index) => {
    const [from, to] = wayOf(packet);
    const left = leaves[index]!;
    const known = ends[index]!;
    const isUnderWay = packet.fate === 'travelling' && Number.isNaN(known);
    const end = Number.isNaN(known) ? left + Math.abs(to - from) * pace.flight : known;
    const lane = takeLane(lanes, packet, left, pace.flight * ROOM);
    return { packet, leaves: left, ends: isUnderWay ? undefined : end, from, to, lane };
  });
}

/** The first lane with room, or the one whose last packet left first. */
function takeLane(
  lanes: Map<LivePacket['direction'], number[]>,
  { direction }: LivePacket,
  leaves: number,
  room: number,
): number {
  const last = lanes.get(direction) ?? new Array<number>(LANES).fill(Number.NEGATIVE_INFINITY);
  lanes.set(direction, last);
  const free = last.findIndex((left) => leaves - left >= room);
  const lane = free >= 0 ? free : last.indexOf(Math.min(...last));
  last[lane] = leaves;
  return lane;
}

/** Until when a flight is drawn as moving. In real time most are too fast to be seen. */
export function endOf({ leaves, ends, from, to }: Flight, pace: Pace): number {
  const least = leaves + Math.abs(to - from) * pace.flight;
  return ends === undefined ? least : Math.max(ends, least);
}

/** The captured time that the stage shows at a moment. */
export function capturedAt({ moments }: Film, shown: number): number {
  const after = firstAfter(moments, shown, 1);
  return between(moments[after - 1], moments[after], shown, 1);
}

/** When the stage shows a captured time. */
export function shownAt({ moments }: Film, captured: number): number {
  const after = firstAfter(moments, captured, 0);
  return between(moments[after - 1], moments[after], captured, 0);
}

function between(
  before: readonly [number, number] | undefined,
  after: readonly [number, number] | undefined,
  value: number,
  side: 0 | 1,
): number {
  const other = side === 0 ? 1 : 0;
  if (!before || !after) return (before ?? after)?.[other] ?? 0;
  const share = (value - before[side]) / (after[side] - before[side]);
  return before[other] + share * (after[other] - before[other]);
}

/** The place of the first moment whose time is later. */
function firstAfter(moments: Film['moments'], value: number, side: 0 | 1): number {
  let [low, high] = [0, moments.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (moments[middle]![side] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many flights have begun. */
export function begunAt({ flights }: Film, shown: number): number {
  let [low, high] = [0, flights.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (flights[middle]!.leaves > shown) high = middle;
    else low = middle + 1;
  }
  return low;
}
