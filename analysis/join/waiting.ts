import type { FrameRef } from '#analysis/capture/frames.ts';
import { timeOf } from '#lib/journal/entries.ts';
import type { MessageEntry } from '#lib/journal/schema.ts';
import type { Outgoing } from './outgoing.ts';
import { knownBytes } from './pattern.ts';

/** An entry that waits for the datagrams that the server must send. */
export interface Waiting {
  readonly entry: MessageEntry;
  request: readonly FrameRef[];
  /** Datagrams that are still to be sent, in order. */
  readonly expected: Outgoing[];
  /** Datagrams that were skipped: later ones were sent. */
  readonly missing: Outgoing[];
  readonly response: FrameRef[];
  /** The index of the datagram that shows the fault to a person, if it was sent. */
  readonly shownBy: number;
  /** After this time, in seconds since 1970, none of them is sent. */
  readonly latest: number;
}

/** The one that was due first; held-back ones come last. */
export function firstOf(all: readonly Waiting[]): Waiting | undefined {
  const order = (waiting: Waiting) =>
    (waiting.expected[0]!.isHeld ? Number.MAX_SAFE_INTEGER : 0) + dueOf(waiting);
  return all.reduce<Waiting | undefined>(
    (first, other) => (first && order(first) <= order(other) ? first : other),
    undefined,
  );
}

/** The earliest time of its next datagram, in seconds since 1970. */
export function dueOf({ entry, expected }: Waiting): number {
  return timeOf(entry) + expected[0]!.at;
}

/** The ones with the most known bytes: a journaled corrupted byte tells an answer from similar ones. */
export function bestKnown(alike: readonly Waiting[]): readonly Waiting[] {
  if (alike.length < 2) return alike;
  const counts = alike.map(({ expected: [next] }) =>
    next!.crc === undefined ? knownBytes(next!.forms[0]!) : next!.forms[0]!.bytes.length,
  );
  const most = Math.max(...counts);
  return alike.filter((_, index) => counts[index] === most);
}

export function isAsLong({ forms }: Outgoing, bytes: Buffer): boolean {
  return forms.some((form) => form.bytes.length === bytes.length);
}
