import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseEntry } from '#lib/journal/lines.ts';
import { isWireEntry } from '#lib/journal/wire-schema.ts';
import type { QueueSample } from './facts.ts';
import { Steps } from './steps.ts';

type Direction = 'up' | 'down';
interface Waiting {
  readonly packets: number;
  readonly dropped: number;
}

/** A stretch of time in seconds since 1970, and the direction of the data. */
export interface Wanted {
  readonly direction: Direction;
  readonly from: number;
  readonly to: number;
}

/** A sample may be this much later than the last packet, in seconds. */
const LATER = 0.1;
const MOST = { step: 0.01, most: 400 } as const;
/** Only such lines are parsed: the journal of a slow wire has an entry of every packet. */
const MARK = '"event":"queue"';

/** Reads from wire.log what waited for the link in each of these stretches; empty lists for a run without a wire. */
export async function readQueues(folder: string, wanted: readonly Wanted[]): Promise<QueueSample[][]> {
  const steps = wanted.map(() => new Steps<Waiting>(merged, MOST));
  for await (const { direction, time, packets, dropped } of queueEvents(folder, wanted.length > 0)) {
    for (const [index, one] of wanted.entries()) {
      if (one.direction !== direction || time < one.from || time > one.to + LATER) continue;
      steps[index]!.put(time - one.from, { packets, dropped });
    }
  }
  return steps.map(({ entries }) =>
    entries.map(({ at, value }) => ({ at: Math.round(at * 1e3) / 1e3, ...value })),
  );
}

async function* queueEvents(folder: string, isWanted: boolean) {
  const file = isWanted ? await open(join(folder, 'wire.log')).catch(() => undefined) : undefined;
  if (!file) return;
  for await (const line of file.readLines()) {
    const entry = line.includes(MARK) ? parseEntry(line, isWireEntry) : undefined;
    if (!entry || !('event' in entry) || entry.event !== 'queue') continue;
    const { direction, packets, dropped, timestamp } = entry;
    yield { direction, packets, dropped, time: Date.parse(timestamp) / 1000 };
  }
}

/** The longer of both queues, and the drops of both. */
function merged(one: Waiting, other: Waiting): Waiting {
  return { packets: Math.max(one.packets, other.packets), dropped: one.dropped + other.dropped };
}
