import { appendFileSync } from 'node:fs';
import * as v from 'valibot';
import type { FaultStatus } from '#lib/faults/faults.ts';
import type { Log } from '#lib/runtime/log.ts';
import manifest from '../../package.json' with { type: 'json' };

/** How a program was started: a line of captures/lab.log. With it, a capture can be read without the lab. */
export const startSchema = v.object({
  /** ISO 8601, UTC. */
  timestamp: v.pipe(v.string(), v.isoTimestamp()),
  program: v.string(),
  /** The versions of wirelab and of Node.js. */
  versions: v.object({ wirelab: v.string(), node: v.string() }),
  /** Addresses of both hosts, as far as the program knows them. */
  addresses: v.object({ server: v.optional(v.string()), client: v.optional(v.string()) }),
  port: v.pipe(v.number(), v.integer()),
  /** The port for TLS. */
  tlsPort: v.optional(v.pipe(v.number(), v.integer())),
  /** A mode in which the program sends no responses, such as `sink`. */
  mode: v.optional(v.string()),
  /** The fault profile of each of its servers. */
  faults: v.array(
    v.object({
      ...{ server: v.string(), profile: v.string(), seed: v.string() },
      of: v.optional(v.literal('messages')),
    }),
  ),
});

export type StartRecord = v.InferOutput<typeof startSchema>;

/** What a program knows about the lab around it. */
interface LabSettings {
  readonly LAB_RECORD: string;
  readonly LAB_SERVER_ADDRESS?: string | undefined;
  readonly LAB_CLIENT_ADDRESS?: string | undefined;
}

/** Adds a line to the record. When that fails, the program serves all the same. */
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
    log.warn(`the start of the program can't be recorded in ${path}: ${error}`);
  }
}
