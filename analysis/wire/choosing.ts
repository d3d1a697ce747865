import { wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireDecision } from '#lib/journal/wire-schema.ts';
import type { Alike } from './alike.ts';
import { expectedOf, FORWARDED, isDrop } from './expected.ts';
import { first } from './in-time.ts';
import { fits, isPlain, misplacedIn } from './misplaced.ts';
import { partOf, placeOfEntry, type Range } from './place.ts';
import type { Fate, Sent } from './sent.ts';

/** An entry has whole milliseconds, and clocks of captures differ by little: so much later its packet may seem sent, in seconds. */
const LATER = 0.001_5;
/** The wire decides about a packet at most this long after it was sent, nearly always. In seconds. */
const USUALLY_WITHIN = 0.1;
/** The most packets that are compared with an entry. Thousands may be alike. */
const MOST_COMPARED = 1_024;
/** The most of those that are identical and may have the entry. */
const MOST_CHOSEN_FROM = 64;

export interface Place {
  readonly sent: Sent;
  readonly range: Range;
}

export function isSamePart(one: Range, other: Range): boolean {
  return one.from === other.from && one.to === other.to;
}

/** Whether a part of a packet may be the packet of an entry. */
export function mayGet({ packet, captured, frame }: Sent, entry: WireDecision, part: Range): boolean {
  const range = placeOfEntry(packet, entry, captured);
  return range !== undefined && isSamePart(range, part) && frame.time <= wireTimeOf(entry) + LATER;
}

/** What a decision makes of a packet. */
export function newFate({ sent: owner, range }: Place, entry: WireDecision, wireAddress: number): Fate {
  const isFirst = !isDrop(entry);
  const bytes = partOf(owner.packet, range, entry.ip_id);
  return {
    ...{ owner, range, entry: isFirst ? entry : undefined, drops: isFirst ? [] : [entry] },
    expected: isFirst ? expectedOf(entry, bytes, wireAddress) : FORWARDED,
    ...{ added: undefined, error: undefined, errorDrop: undefined, passed: 0 },
  };
}

/**
 * The packet of an entry. Among packets that are identical in everything, it is one for which what has arrived so far fits
 * the entry: the last one that was sent before it. The wire decides in order, so of those that have not arrived it is the
 * first.
 */
export function choose(alike: Alike, entry: WireDecision, wireAddress: number): Place | undefined {
  let best: { readonly place: Place; readonly more: number } | undefined;
  let fate: Fate | undefined;
  const since = wireTimeOf(entry) - USUALLY_WITHIN;
  for (const place of first(MOST_CHOSEN_FROM, freePlaces(alike, entry))) {
    const isLate = place.sent.frame.time < since;
    if (best && isLate && best.more <= 0) break;
    fate ??= newFate(place, entry, wireAddress);
    const more = moreMisplaced(place.sent, fate);
    const isFirst = more === best?.more && !isLate && place.sent.arrivals.length === 0;
    if (!best || more < best.more || isFirst) best = { place, more };
  }
  return best?.place;
}

/** Those without an entry, the latest first. */
function* freePlaces({ sent: all }: Alike, entry: WireDecision): Generator<Place> {
  for (const sent of first(MOST_COMPARED, all.upTo(wireTimeOf(entry) + LATER))) {
    const range = placeOfEntry(sent.packet, entry, sent.captured);
    const isFree = range && !sent.fates.some((fate) => isSamePart(fate.range, range));
    if (isFree) yield { sent, range };
  }
}

/** How many arrivals more would contradict a packet if it had this fate. One with the byte that was decided speaks for it. */
function moreMisplaced(sent: Sent, fate: Fate): number {
  if (!isPlain(sent)) return 0;
  const more = misplacedIn(sent, fate).length - misplacedIn(sent, sent.fates[0]).length;
  const isCorrupted = fate.expected.byte !== undefined && sent.arrivals.some((one) => fits(sent, fate, one));
  return isCorrupted ? more - 1 : more;
}
