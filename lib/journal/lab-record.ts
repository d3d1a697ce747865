import { appendFileSync } from 'node:fs';
import * as v from 'valibot';
import type { FaultStatus } from '#lib/faults/faults.ts';
import type { Log } from '#lib/runtime/log.ts';
import manifest from '../../package.json' with { type: 'json' };

/** What a program was started with: a line of captures/lab.log, by which a capture explains itself later. */
export const startSchema = v.object({
  /** ISO 8601, UTC. */
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
  program: v.string(),
  /** Of wirelab and of Node.js. */
  versions: v.object({ wirelab: v.string(), node: v.string() }),
  /** Addresses of both hosts, as far as the program was told. */
  addresses: v.object({ server: v.optional(v.string()), client: v.optional(v.string()) }),
  port: v.pipe(v.number(), v.integer()),
  /** Its port of TLS. */
  tlsPort: v.optional(v.pipe(v.number(), v.integer())),
  /** What it does instead of answering, such as `sink`. */
  mode: v.optional(v.string()),
  /** What decides its faults, for each of its servers. */
  faults: v.array(
    v.object({
      ...{ server: v.string(), profile: v.string(), seed: v.string() },
      of: v.optional(v.literal('messages')),
    }),
  ),
});

export type StartRecord = v.InferOutput<typeof startSchema>;

/** What a program is told of the lab around it. */
interface LabSettings {
  readonly LAB_RECORD: string;
  readonly LAB_SERVER_ADDRESS?: string | undefined;
  readonly LAB_CLIENT_ADDRESS?: string | undefined;
}

/** Adds a line to the record. A program serves without it too. */
export function recordStart(
  { LAB_RECORD: path, LAB_SERVER_ADDRESS: server, LAB_CLIENT_ADDRESS: client }: LabSettings,
  {
    faults,
    ...start
  }: Pick<StartRecord, 'program' | 'port' | 'tlsPort' | 'mode'> & { readonly faults: readonly FaultStatus[] },
  { log, now }: { readonly log: Log; readonly now: () => Date },
): void {
  const record: StartRecord = {
    timestamp: now().toISOString(),
    ...start,
    addresses: { server, client },
    versions: { wirelab: manifest.version, node: process.versions.node },
    faults: faults.map(({ server, profile, of, seed }) => ({ server, profile, of, seed })),
  };
  try {
    appendFileSync(path, `${JSON.stringify(record)}\n`);
  } catch (error) {
    log.warn(`the start can't be recorded in ${path}: ${error}`);
  }
}
