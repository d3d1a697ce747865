import type { FrameRef } from '#analysis/capture/frames.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import type { Leaving } from './leaving.ts';
import { knownBytes } from './pattern.ts';

/** An entry whose datagrams have not all left yet. */
export interface Waiting {
  readonly entry: MessageEntry;
  request: readonly FrameRef[];
  readonly left: Leaving[];
  /** Those of which later ones have left. */
  readonly missing: Leaving[];
  readonly answer: FrameRef[];
  /** The index of the datagram in which a person sees its fault, if that one has left. */
  readonly shownBy: number;
  /** After this time, in seconds since 1970, none of them leaves. */
  readonly latest: number;
}

/** The one that was due first; one that is held back comes behind those that are not. */
export function firstOf(all: readonly Waiting[]): Waiting | undefined {
  const order = (waiting: Waiting) =>
    (waiting.left[0]!.isHeld ? Number.MAX_SAFE_INTEGER : 0) + dueOf(waiting);
  return all.reduce<Waiting | undefined>(
    (first, other) => (first && order(first) <= order(other) ? first : other),
    undefined,
  );
}

/** When the next of them leaves at the earliest, in seconds since 1970. */
export function dueOf({ entry, left }: Waiting): number {
  return timeOf(entry) + left[0]!.at;
}

/** Those of which most bytes are known: a corrupted byte where the journal has no other tells it from the rest. */
export function bestKnown(alike: readonly Waiting[]): readonly Waiting[] {
  if (alike.length < 2) return alike;
  const counts = alike.map(({ left: [next] }) =>
    next!.crc === undefined ? knownBytes(next!.forms[0]!) : next!.forms[0]!.bytes.length,
  );
  const most = Math.max(...counts);
  return alike.filter((_, index) => counts[index] === most);
}

export function isAsLong({ forms }: Leaving, bytes: Buffer): boolean {
  return forms.some((form) => form.bytes.length === bytes.length);
}
