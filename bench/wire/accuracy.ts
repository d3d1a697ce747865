import { stat } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { seenSince } from './captures.ts';
import type { Crossing } from './crossing.ts';
import type { Ends } from './ends.ts';
import { createFilter, type Filter } from './filter.ts';
import { entriesSince } from './journal.ts';
import { openSink, send } from './load.ts';
import { queueTrip } from './queue.ts';
import { type Trial, trials } from './trials.ts';
import { createWireLab, type WireLab } from './wire-lab.ts';

/** A capture of the whole section is one file. */
const CAPTURE_FILE_MB = '4000';
/** Each trial sends from a port of its own, by which the captures and the journal know its datagrams. */
const FIRST_PORT = 41_000;
/** When both captures have not grown for so long, all that arrives has arrived. */
const QUIET_MS = 400;

/** Compares what is configured with what the captures of both ends show, for the wire and for wirefilter. */
export async function accuracy(signal: AbortSignal): Promise<string> {
  await using made = new AsyncDisposableStack();
  const lab = made.use(await createWireLab({ LAB_CAPTURE_FILE_MB: CAPTURE_FILE_MB }));
  const filter = made.use(await createFilter(CAPTURE_FILE_MB));
  await lab.up(signal);
  await filter.up(signal);
  for (const ends of [lab, filter]) await openSink(ends, signal);
  const rows: string[][] = [];
  for (const [index, trial] of trials.entries()) {
    const port = FIRST_PORT + index;
    const { name, configured } = trial;
    rows.push([
      name,
      configured,
      await onWire(lab, trial, port, signal),
      await onFilter(filter, trial, port, signal),
    ]);
  }
  rows.push(await queueTrip(lab, filter, signal));
  return leftAligned([['', 'configured', 'wire', 'wirefilter'], ...rows]);
}

async function onWire(lab: WireLab, trial: Trial, port: number, signal: AbortSignal): Promise<string> {
  if (!trial.wire) return '-';
  await lab.set(trial.wire, signal);
  const { size } = await stat(lab.journal);
  const crossing = await cross(lab, trial, port, signal);
  const entries = await entriesSince(lab.journal, size);
  return trial.measured(crossing, entries.filter(({ source_port }) => source_port === port).length);
}

async function onFilter(filter: Filter, trial: Trial, port: number, signal: AbortSignal): Promise<string> {
  if (!trial.wirefilter) return '-';
  await filter.set(trial.wirefilter, signal);
  return trial.measured(await cross(filter, trial, port, signal), undefined);
}

async function cross(ends: Ends, { load }: Trial, port: number, signal: AbortSignal): Promise<Crossing> {
  const before = await sizes(ends);
  await send(ends, port, load, signal);
  for (let known: number[] = []; ; ) {
    const now = await sizes(ends);
    if (now.every((size, index) => size === known[index])) break;
    known = now;
    await setTimeout(QUIET_MS, undefined, { signal });
  }
  const { near, far } = ends.captures;
  return {
    sent: await seenSince(near, before[0]!, port),
    arrived: await seenSince(far, before[1]!, port),
  };
}

async function sizes({ captures: { near, far } }: Ends): Promise<number[]> {
  return [(await stat(near)).size, (await stat(far)).size];
}

/** Rows of words, which begin at the same place in each row. */
function leftAligned(rows: readonly (readonly string[])[]): string {
  return rows
    .map((row) => row.map((cell, column) => cell.padEnd(Math.max(...rows.map((one) => one[column]!.length)))))
    .map((cells) => `  ${cells.join('   ')}`.trimEnd())
    .join('\n');
}
