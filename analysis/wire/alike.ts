import { InTime } from './in-time.ts';
import { wantedBy } from './judge.ts';
import { isMisplaced } from './misplaced.ts';
import type { Range } from './place.ts';
import type { Sent } from './sent.ts';

/** Packets on the way that may be alike. */
export class Alike {
  /** In the order in which they were sent. */
  readonly sent = new InTime<Sent>();
  /** Those of which something has not arrived, in the order in which they are due. */
  readonly open = new InTime<Sent>();
  /** Those with an arrival that should be another's. */
  readonly wrong = new Set<Sent>();

  add(sent: Sent): void {
    this.sent.put(sent, sent.frame.time);
    this.update(sent);
  }

  /** Notes what is missing and what is misplaced, after an arrival or a decision. */
  update(sent: Sent): void {
    if (isOpen(sent)) this.open.put(sent, sent.frame.time + sent.delay);
    else this.open.remove(sent);
    if (isMisplaced(sent)) this.wrong.add(sent);
    else this.wrong.delete(sent);
  }

  remove(sent: Sent): void {
    this.sent.remove(sent);
    this.open.remove(sent);
    this.wrong.delete(sent);
  }
}

/** Whether a part of it has not arrived as often as it should, as far as is known. */
function isOpen(sent: Sent): boolean {
  const { arrivals, fates, length } = sent;
  if (fates.some((fate) => sent.arrivalsOf(fate.range).length < wantedBy(fate))) return true;
  const settled = [...arrivals, ...fates.map(({ range }) => range)];
  return reachOf(settled) < length;
}

/** How far ranges reach from 0 without a hole. */
export function reachOf(ranges: readonly Range[]): number {
  return ranges
    .toSorted((one, other) => one.from - other.from)
    .reduce((to, one) => (one.from <= to ? Math.max(to, one.to) : to), 0);
}
