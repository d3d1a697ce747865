import type { FrameRef } from '#analysis/capture/frames.ts';
import { type Verdict, verdictOf } from '#analysis/join/verdicts.ts';
import { shownBy } from '#analysis/wire/describe.ts';
import { wireReasons } from '#analysis/wire/reasons.ts';
import { isHttp } from '#lib/journal/entries.ts';
import type { FrameOf } from '../sheet/result.ts';
import type { Entries } from '../sheet/schema.ts';
import type { Decided } from './evidence.ts';

/** A journal entry that a sheet means, what packets say about it, and the frames that show it. */
export interface EntryFound {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly verdict: Verdict;
  readonly frames: readonly FrameOf[];
}

/**
 * The entries of a journal whose fields have these values, the earliest first. An entry that packets contradict is not among them: it
 * may have been written by hand.
 */
export function entriesOf(decided: Decided, { among, journal, where }: Entries): EntryFound[] {
  return allOf(decided, journal)
    .slice(0, among)
    .filter(({ entry, verdict }) => verdict !== 'contradicted' && hasAll(entry, where));
}

/** Whether the journal has all entries among which a sheet looks. */
export function hasThose(decided: Decided, { among, journal }: Entries): boolean {
  return among === undefined || allOf(decided, journal).length >= among;
}

/** A match of a decision that came late is found late. */
function allOf({ matches, ofWire }: Decided, journal: Entries['journal']): EntryFound[] {
  const found = journal === 'wire' ? ofWire.map(ofWireMatch) : ofServer(matches, journal);
  return found.toSorted((one, other) => timeOf(one) - timeOf(other) || idOf(one) - idOf(other));
}

/** When it was written, in ms. A server that starts again counts its entries anew. */
function timeOf({ entry }: EntryFound): number {
  return Date.parse(String(entry.timestamp));
}

function idOf({ entry }: EntryFound): number {
  return Number(entry.id);
}

function ofServer(matches: Decided['matches'], journal: 'http' | 'echo'): EntryFound[] {
  return matches
    .filter(({ entry }) => isHttp(entry) === (journal === 'http'))
    .map((match) => ({
      entry: match.entry,
      verdict: verdictOf(match),
      frames: [...match.request, ...match.response].map(inCapture('server')),
    }));
}

function ofWireMatch(match: Decided['ofWire'][number]): EntryFound {
  const { entry, reason } = match;
  const { host, frame } = shownBy(match);
  return {
    entry,
    verdict: wireReasons[reason].verdict,
    frames: frame === undefined ? [] : [{ capture: host, number: frame.number }],
  };
}

function inCapture(capture: FrameOf['capture']) {
  return ({ number }: FrameRef): FrameOf => ({ capture, number });
}

/** Whether a record has these values. Numbers and texts that look the same are the same. */
export function hasAll(record: object, where: Readonly<Record<string, unknown>>): boolean {
  const values = record as Readonly<Record<string, unknown>>;
  return Object.entries(where).every(([name, value]) => String(values[name]) === String(value));
}
