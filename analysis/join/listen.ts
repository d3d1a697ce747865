import type { Capture } from '#analysis/capture/capture-files.ts';
import { type Row, readColumns } from '#analysis/capture/columns.ts';
import type { FieldName } from '#analysis/capture/fields.ts';
import type { Packet } from '#analysis/capture/packet.ts';
import { readPackets } from '#analysis/capture/read-packets.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Run } from '#lib/journal/run.ts';
import type { Disturbed } from './disturbed.ts';
import { type Finding, join } from './join.ts';

/** Consumes a capture and its journals. Several listeners share one reading. */
export interface Listener<Name extends FieldName = never> {
  /** The findings that it needs besides matches, and the fields of packets. */
  readonly wants?: {
    readonly frames?: true;
    readonly exposures?: true;
    readonly fields?: readonly Name[];
  };
  take?(finding: Finding): void;
  /** Takes a batch of packets, before the findings in it; reading waits for it. */
  takePackets?(packets: readonly Packet<Name>[]): Promise<void> | void;
  /** Reading is over, also after an error. */
  close?(): void;
  /** Asked for after reading: display filters of the frames whose Wireshark columns it needs. */
  readonly filters?: readonly string[];
  takeRow?(row: Row): void;
}

/** Reads a capture with its journals once for all listeners, and a second time if they need columns. */
export async function listen<Name extends FieldName>(
  capture: Capture,
  run: Run,
  listeners: readonly Listener<Name>[],
  disturbed?: Disturbed,
): Promise<void> {
  const fields = listeners.flatMap(({ wants }) => wants?.fields ?? []);
  const isWanted = (what: 'frames' | 'exposures') => listeners.some(({ wants }) => wants?.[what]);
  const onPackets = async (packets: readonly Packet<Name>[]) => {
    for (const listener of listeners) await listener.takePackets?.(packets);
  };
  const parts = { capture, run, frames: isWanted('frames'), exposures: isWanted('exposures'), disturbed };
  try {
    for await (const finding of join({ ...parts, reading: { fields, onPackets } })) {
      for (const listener of listeners) listener.take?.(finding);
    }
  } finally {
    for (const listener of listeners) listener.close?.();
  }
  const filters = listeners.flatMap((listener) => listener.filters ?? []);
  if (filters.length === 0) return;
  for await (const row of readColumns(capture, run.ports, filters.join(' || '))) {
    for (const listener of listeners) listener.takeRow?.(row);
  }
}

/** Reads the packets of a capture once for listeners that need neither journals nor what is inside of TLS. */
export async function readFor<Name extends FieldName>(
  { files }: Capture,
  { ports }: Pick<Run, 'ports'>,
  listeners: readonly Listener<Name>[],
): Promise<void> {
  const fields = listeners.flatMap(({ wants }) => wants?.fields ?? []);
  const seen = new Seen();
  try {
    // Without keys tshark needs less memory.
    for await (const packets of readPackets({ files }, { ports, seen, fields })) {
      for (const listener of listeners) await listener.takePackets?.(packets);
    }
  } finally {
    for (const listener of listeners) {
      listener.take?.({ kind: 'end', seen });
      listener.close?.();
    }
  }
}
