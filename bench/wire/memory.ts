import { setTimeout } from 'node:timers/promises';
import { format, table } from '../figures.ts';
import { entriesSince } from './journal.ts';
import { openSink, send } from './load.ts';
import type { WireLab } from './wire-lab.ts';

/** What the wire holds at most in each direction. */
const MOST_PACKETS = 100_000;
const SIZES = [64, 1_472];
const PORT = 40_800;
const PER_SECOND = 20_000;
/** The wire journals the length of its queue much more often. */
const SAMPLED_MS = 200;

/** The memory of the wire's program while it holds as much as it may in one direction, as text. */
export async function fullQueues(lab: WireLab, signal: AbortSignal): Promise<string> {
  await openSink(lab, signal);
  const rows = [['nothing', '0', format(await memory(lab, signal), 1)]];
  for (const size of SIZES) {
    await lab.set(['UP_RATE=1kbit', `UP_QUEUE=${MOST_PACKETS}`], signal);
    await send(lab, PORT, { count: MOST_PACKETS + 10_000, size, rate: PER_SECOND }, signal);
    await setTimeout(SAMPLED_MS, undefined, { signal });
    const queued = (await entriesSince(lab.journal)).findLast((entry) => entry.event === 'queue');
    rows.push([`UDP, ${size} bytes`, format(Number(queued?.packets)), format(await memory(lab, signal), 1)]);
    // Without a rate, all that waits is sent.
    await lab.set([], signal);
  }
  return table([['held by the wire in one direction', 'packets', 'memory MiB'], ...rows]);
}

/** In MiB. */
async function memory(lab: WireLab, signal: AbortSignal): Promise<number> {
  const status = await lab.inWire(['cat', '/proc/1/status'], signal);
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024;
}
