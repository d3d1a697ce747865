import type { Alike } from './alike.ts';
import { isSamePart, mayGet } from './choosing.ts';
import { first } from './in-time.ts';
import { isAltered, SLACK, wantedBy } from './judge.ts';
import { fits, isMisplaced, isPlain, lackOf, misplacedIn } from './misplaced.ts';
import type { OnTheWay } from './on-the-way.ts';
import { placeIn } from './place.ts';
import type { Arrival, Fate, Sent } from './sent.ts';

/** The most packets that are looked at for one step. Thousands may be alike. */
const MOST_LOOKED_AT = 128;
/** The most packets that push each other's arrivals on. */
const MOST_PUSHED = 32;
/** The most corrupted packets that exchange what arrived. */
const MOST_PULLED = 8;
/** The most packets that are mended together. */
const MOST_MENDED = 8;

interface Moved {
  readonly from: Sent;
  readonly arrival: Arrival;
}

/**
 * Identical packets exchange their arrivals or their entries, where the journal then agrees with the captures. Nobody can
 * tell which of them was meant, so an entry is contradicted only if no choice fits.
 */
export class Exchanging {
  readonly #onTheWay: OnTheWay;
  readonly #isOpen: (fate: Fate) => boolean;

  /** @param isOpen whether a fate has no verdict yet, so that another packet may get it */
  constructor(onTheWay: OnTheWay, isOpen: (fate: Fate) => boolean) {
    this.#onTheWay = onTheWay;
    this.#isOpen = isOpen;
  }

  /** Looks for another place for what has arrived and contradicts the fate of a packet. */
  mend(sent: Sent): void {
    for (const alike of this.#onTheWay.likeSent(sent)) {
      if (alike.sent.size < 2 || !isMisplaced(sent)) continue;
      for (const arrival of misplacedIn(sent, sent.fates[0])) {
        const moved = { from: sent, arrival };
        if (!this.#push(moved, alike, new Set([sent]))) this.#replace(moved, alike);
      }
      if (isMisplaced(sent)) this.#exchangeFates(sent, alike);
    }
  }

  /** Mends packets that are identical to one, after it has got a fate for which it lacks an arrival. */
  mendOthers(sent: Sent): void {
    const expected = sent.fates[0]?.expected;
    const mayHelp = expected && (expected.copies > 1 || isAltered({ expected }));
    if (!mayHelp || !isPlain(sent) || lackOf(sent) <= 0) return;
    for (const { wrong } of this.#onTheWay.likeSent(sent)) {
      for (const one of [...first(MOST_MENDED, wrong)]) if (one !== sent) this.mend(one);
    }
  }

  /**
   * As many packets must be missing as are lost: what arrived once too often belongs to an identical packet that should be
   * lost.
   */
  blame(sent: Sent): void {
    for (const alike of this.#onTheWay.likeSent(sent)) {
      for (const from of surplusIn(alike).slice(0, MOST_MENDED)) {
        this.mend(from);
        const arrival = misplacedIn(from, from.fates[0]).at(-1);
        const to = arrival && this.#blamed(alike, arrival);
        if (to) this.#move({ from, arrival }, to);
      }
    }
  }

  /** When something arrived that seems to be too much, if no entry explains it. In seconds since 1970. */
  latestSurplus(sent: Sent): number {
    const times = this.#onTheWay
      .likeSent(sent)
      .flatMap((alike) => surplusIn(alike).map(({ arrivals }) => arrivals.at(-1)!.frame.time));
    return Math.max(Number.NEGATIVE_INFINITY, ...times);
  }

  #blamed({ sent: all }: Alike, arrival: Arrival): Sent | undefined {
    for (const one of first(MOST_LOOKED_AT, all.upTo(arrival.frame.time + SLACK))) {
      const isMeant = isLost(one) && one.arrivals.length === 0 && this.#isOpen(one.fates[0]!);
      if (isMeant && placeIn(one.packet, arrival.packet)) return one;
    }
    return undefined;
  }

  /**
   * Gives an arrival to a packet that lacks it, or to one that can give its own to another.
   *
   * @param seen the packets that have been tried
   * @returns whether there is one
   */
  #push(moved: Moved, alike: Alike, seen: Set<Sent>): boolean {
    const { arrival } = moved;
    for (const to of first(MOST_LOOKED_AT, alike.open.upTo(arrival.frame.time + SLACK))) {
      if (seen.has(to) || !isPlain(to) || lackOf(to) <= 0 || !mayHave(to, arrival)) continue;
      this.#move(moved, to);
      return true;
    }
    for (const to of pushable(alike, arrival)) {
      if (alike.open.size === 0 || seen.size > MOST_PUSHED) return false;
      if (seen.has(to)) continue;
      seen.add(to);
      if (!this.#push({ from: to, arrival: to.arrivals.at(-1)! }, alike, seen)) continue;
      this.#move(moved, to);
      return true;
    }
    return false;
  }

  /** Gives a packet what it lacks, an arrival that another one has, if that one may have this arrival instead. */
  #replace(moved: Moved, alike: Alike): void {
    const { from } = moved;
    const corrupted = [...first(MOST_LOOKED_AT, alike.open.around(from.frame.time))].filter(
      (one) => one !== from && one.fates[0]?.expected.byte && isPlain(one),
    );
    for (const to of [from, ...corrupted]) {
      if (lackOf(to) > 0 && this.#pull(to, moved, alike, new Set())) return;
    }
  }

  #pull(to: Sent, moved: Moved, alike: Alike, seen: Set<Sent>): boolean {
    seen.add(to);
    for (const from of [...first(MOST_LOOKED_AT, alike.sent.around(to.frame.time))]) {
      const isNew = !seen.has(from) && seen.size < MOST_PULLED && isPlain(from);
      const right = isNew ? from.arrivals.find((one) => mayHave(to, one)) : undefined;
      if (!right) continue;
      this.#move({ from, arrival: right }, to);
      if (this.#push(moved, alike, new Set([moved.from]))) return true;
      if (from.fates[0]?.expected.byte && this.#pull(from, moved, alike, seen)) return true;
      this.#move({ from: to, arrival: right }, from);
    }
    return false;
  }

  #move({ from, arrival }: Moved, to: Sent): void {
    from.arrivals.splice(from.arrivals.indexOf(arrival), 1);
    to.arrivals.push(arrival);
    to.arrivals.sort((one, other) => one.frame.number - other.frame.number);
    for (const sent of [from, to]) this.#onTheWay.update(sent);
  }

  #exchangeFates(sent: Sent, { sent: all }: Alike): void {
    const [fate] = sent.fates;
    if (!fate || !this.#isOpen(fate)) return;
    for (const other of first(MOST_LOOKED_AT, all.around(sent.frame.time))) {
      const [theirs] = other.fates;
      if (other === sent || !isPlain(other) || !this.#mayExchange(sent, other)) continue;
      const before = misplacedIn(sent, fate).length + misplacedIn(other, theirs).length;
      const after = misplacedIn(sent, theirs).length + misplacedIn(other, fate).length;
      if (after >= before) continue;
      this.#give(sent, theirs);
      this.#give(other, fate);
      return;
    }
  }

  #mayExchange(sent: Sent, other: Sent): boolean {
    const [[fate], [theirs]] = [sent.fates, other.fates];
    return mayGetFate(other, fate!) && (!theirs || (this.#isOpen(theirs) && mayGetFate(sent, theirs)));
  }

  #give(sent: Sent, fate: Fate | undefined): void {
    sent.fates.splice(0, sent.fates.length, ...(fate ? [fate] : []));
    if (fate) fate.owner = sent;
    if (fate?.expected.crc !== undefined) this.#onTheWay.addAltered(sent, fate.expected.crc);
    this.#onTheWay.update(sent);
  }
}

function isLost(sent: Sent): boolean {
  const [fate] = sent.fates;
  return fate !== undefined && isPlain(sent) && !fate.expected.isUnknown && wantedBy(fate) === 0;
}

/** Packets that have arrived more often than they should. */
function surplusIn({ wrong }: Alike): Sent[] {
  return [...first(MOST_LOOKED_AT, wrong)].filter((one) => one.arrivals.length > (isLost(one) ? 1 : 0));
}

/** Packets that may have an arrival, and have a later one that may find a place where this one does not: the latest first. */
function pushable({ sent }: Alike, arrival: Arrival): Sent[] {
  const isLater = (one: Sent) => (one.arrivals.at(-1)?.frame.time ?? 0) > arrival.frame.time;
  return [...first(MOST_LOOKED_AT, sent.upTo(arrival.frame.time + SLACK))]
    .filter((one) => isLater(one) && isPlain(one) && mayHave(one, arrival))
    .sort((one, other) => other.arrivals.at(-1)!.frame.time - one.arrivals.at(-1)!.frame.time);
}

function mayHave(sent: Sent, arrival: Arrival): boolean {
  const range = placeIn(sent.packet, arrival.packet);
  return range !== undefined && isSamePart(range, arrival) && fits(sent, sent.fates[0], arrival);
}

function mayGetFate(sent: Sent, { entry, drops, range }: Fate): boolean {
  return [...(entry ? [entry] : []), ...drops].every((one) => mayGet(sent, one, range));
}
