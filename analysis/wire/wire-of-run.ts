import type { Run } from '#lib/journal/run.ts';
import { hasWireJournal } from '#lib/journal/wire-entries.ts';
import { Disturbances } from './disturbances.ts';
import type { WireFinding } from './finding.ts';
import { readWire } from './read.ts';

/** Receives each finding about the wire. */
export interface WireListener {
  take(finding: WireFinding): void;
}

/**
 * Reads the journal of the wire with both captures, once for all listeners.
 *
 * @returns what the wire did to the packets of each capture; undefined without a wire
 */
export async function wireOfRun(
  folder: string,
  run: Run,
  listeners: readonly WireListener[] = [],
): Promise<Disturbances | undefined> {
  if (!(await hasWireJournal(folder))) return undefined;
  const disturbances = new Disturbances(run.ports);
  for await (const finding of readWire(folder, run)) {
    for (const listener of [disturbances, ...listeners]) listener.take(finding);
  }
  return disturbances;
}
