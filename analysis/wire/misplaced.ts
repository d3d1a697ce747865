import { differs, isEarly, wantedBy } from './judge.ts';
import type { Arrival, Fate, Sent } from './sent.ts';

/** How far the clocks of two captures differ, in seconds. */
const CLOCKS = 0.000_2;

/** Arrivals of a packet that contradict what was decided for it, so that they should be those of an identical one. */
export function misplacedIn(sent: Sent, fate: Fate | undefined): readonly Arrival[] {
  const { arrivals } = sent;
  if (arrivals.length === 0 || fate?.expected.isUnknown) return [];
  const right = arrivals.filter((one) => fits(sent, fate, one));
  const surplus = right.slice(fate ? wantedBy(fate) : 1);
  return surplus.length === 0 && right.length === arrivals.length
    ? []
    : [...arrivals.filter((one) => !right.includes(one)), ...surplus];
}

export function isMisplaced(sent: Sent): boolean {
  return isPlain(sent) && misplacedIn(sent, sent.fates[0]).length > 0;
}

/** Whether an arrival is what was decided for a packet. */
export function fits(sent: Sent, fate: Fate | undefined, arrival: Arrival): boolean {
  if (arrival.frame.time < sent.frame.time - CLOCKS) return false;
  if (!fate) return arrival.isSame || arrival.isTruncated;
  const reason = differs(fate, arrival);
  return !isEarly(sent, fate, arrival) && (reason === undefined || reason === 'truncated');
}

/** How many arrivals a packet still lacks. */
export function lackOf(sent: Sent): number {
  const [fate] = sent.fates;
  return (fate ? wantedBy(fate) : 1) - sent.arrivals.filter((one) => fits(sent, fate, one)).length;
}

/** Whether it is one packet that arrives as a whole. What is cut on the way is never identical to another. */
export function isPlain({ arrivals, fates, length }: Sent): boolean {
  const isWhole = ({ from, to }: { from: number; to: number }) => from === 0 && to === length;
  return (
    fates.length < 2 &&
    fates.every(({ range, expected }) => isWhole(range) && expected.fragments === 0) &&
    arrivals.every(isWhole)
  );
}
