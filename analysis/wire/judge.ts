import type { WireDecision } from '#lib/journal/wire-schema.ts';
import { isDrop } from './expected.ts';
import type { WireReason } from './reasons.ts';
import type { Arrival, Fate, Sent } from './sent.ts';

/** How far timers and captures differ, in seconds. */
export const SLACK = 0.002;

/** How often a packet is still expected after what dropped it or its copies. */
export function copiesOf({ expected, drops, added }: Fate): number {
  // The entry of an added RST that is dropped names the packet before it.
  const ofAdded = expected.added && !added ? 1 : 0;
  return Math.max(0, expected.copies - Math.max(0, drops.length - ofAdded));
}

/** How many arrivals are expected after a decision and its drops. */
export function wantedBy(fate: Fate): number {
  return fate.expected.fragments > 0 ? fate.expected.fragments : copiesOf(fate);
}

/** Whether everything that was decided has been seen, so that nothing more is awaited. */
export function isComplete(sent: Sent, fate: Fate): boolean {
  const { expected, added, error } = fate;
  if (expected.isUnknown || copiesOf(fate) === 0) return false;
  const isThere = (!expected.added || added !== undefined) && (!expected.error || error !== undefined);
  return isThere && sent.arrivalsOf(fate.range).length >= wantedBy(fate);
}

/** What the packets say of an entry, when everything that may follow has been seen. */
export function judge(sent: Sent, fate: Fate, entry: WireDecision): WireReason {
  const { expected, drops } = fate;
  if (expected.isUnknown) return 'unknown-fault';
  if (entry === fate.errorDrop) return fate.error ? 'arrived-anyway' : 'error-dropped';
  const arrivals = sent.arrivalsOf(fate.range);
  if (isDrop(entry)) return arrivals.length <= mostArrivals(fate) ? 'lost' : 'arrived-anyway';
  if (expected.copies === 0) return judgeLoss(fate, arrivals);
  const isDropped = drops.length > 0 && arrivals.length < wantedOf(fate);
  if (isDropped && arrivals.length === 0) return 'dropped-later';
  return judgeArrival(sent, fate, arrivals);
}

/** Each drop of a packet that arrives in fragments takes one of them. */
function mostArrivals(fate: Fate): number {
  const { expected, drops } = fate;
  return expected.fragments > 0 ? Math.max(0, expected.fragments - drops.length) : copiesOf(fate);
}

function wantedOf({ expected }: Pick<Fate, 'expected'>): number {
  return expected.fragments > 0 ? expected.fragments : expected.copies;
}

function judgeLoss({ expected, error, errorDrop }: Fate, arrivals: readonly Arrival[]): WireReason {
  if (arrivals.length > 0) return 'arrived-anyway';
  if (!expected.error) return 'lost';
  if (error) return 'error-sent';
  return errorDrop ? 'error-dropped' : 'no-error';
}

function judgeArrival(sent: Sent, fate: Fate, arrivals: readonly Arrival[]): WireReason {
  const { expected, added, drops } = fate;
  const [first] = arrivals;
  if (!first || arrivals.length < mostArrivals(fate)) return 'not-arrived';
  if (isEarly(sent, fate, first)) return 'arrived-early';
  const wrong = arrivals.map((one) => differs(fate, one)).find((reason) => reason !== undefined);
  if (wrong) return wrong;
  if (expected.added) return added || drops.length > 0 ? 'reset-added' : 'not-arrived';
  if (expected.fragments > 0) return 'in-fragments';
  if (expected.copies > 1) return drops.length > 0 ? 'arrived' : 'arrived-twice';
  return isAltered(fate) ? 'arrived-altered' : 'arrived';
}

/** Whether a packet arrived before its delay was over. */
export function isEarly(sent: Sent, { expected }: Fate, { frame }: Pick<Arrival, 'frame'>): boolean {
  return frame.time - sent.frame.time < expected.delay - SLACK;
}

export function isAltered({ expected }: Pick<Fate, 'expected'>): boolean {
  return expected.crc !== undefined || expected.byte !== undefined;
}

/** Why an arrival is not what was decided; undefined if it is. */
export function differs({ expected, range }: Fate, arrival: Arrival): WireReason | undefined {
  const { crc, byte } = expected;
  if (arrival.isTruncated && isAltered({ expected })) return 'truncated';
  if (byte && arrival.packet.bytes[byte.at] !== byte.is) return 'arrived-different';
  const isWhole = arrival.from === range.from && arrival.to === range.to;
  const isRight = crc === undefined ? arrival.isSame : isWhole && arrival.crc === crc;
  return isRight ? undefined : 'arrived-different';
}
