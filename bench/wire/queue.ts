import { setTimeout } from 'node:timers/promises';
import { format, median } from '../figures.ts';
import type { Ends } from './ends.ts';
import type { Filter } from './filter.ts';
import { send } from './load.ts';
import { tripsIn } from './rates.ts';
import type { WireLab } from './wire-lab.ts';

const PACKETS = 50;
const FULL_FRAME = 1_514;
const MEGABITS = 10;
/** Twice as much as the way takes, for 3 s. */
const load = { count: 5_000, size: 1_472, rate: (2 * MEGABITS * 1e6) / 8 / FULL_FRAME };
const PORT = 40_900;
/** When the queue is full. */
const FULL_AFTER_MS = 1_000;

/** The row of the round trip when the queue is full. */
export async function queueTrip(lab: WireLab, filter: Filter, signal: AbortSignal): Promise<string[]> {
  const waiting = (PACKETS * FULL_FRAME * 8) / (MEGABITS * 1e3);
  await lab.set([`UP_RATE=${MEGABITS}mbit`, `UP_QUEUE=${PACKETS}`], signal);
  const own = await loaded(lab, signal);
  const bytes = (MEGABITS * 1e6) / 8;
  await filter.set(['-b', `LR${bytes}`, '-c', `LR${PACKETS * FULL_FRAME}`], signal);
  const other = await loaded(filter, signal);
  return [`round trip, queue of ${PACKETS} packets`, `${format(waiting, 1)} ms`, own, other];
}

async function loaded(ends: Ends, signal: AbortSignal): Promise<string> {
  const pinged = async () => {
    await setTimeout(FULL_AFTER_MS, undefined, { signal });
    return ends.at('near', ['ping', '-n', '-i', '0.01', '-c', '100', '-W', '1', ends.far], signal);
  };
  const [, printed] = await Promise.all([send(ends, PORT, load, signal), pinged()]);
  const trips = tripsIn(printed);
  return `${format(median(trips), 1)} ms (median of ${trips.length})`;
}
