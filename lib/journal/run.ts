import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Decider, deciders } from '#lib/lab/deciders.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { type AtHost, capturedIn, gapsIn, recordsOf, type Stretch } from './capture-records.ts';
import { isEvent } from './entries.ts';
import { type StartRecord, startSchema } from './lab-record.ts';
import type { Entry } from './schema.ts';

/** How a run was set up: the addresses of its hosts, and how its programs were started. */
export interface Run {
  readonly addresses: Readonly<Record<Host, string>>;
  readonly ports: Ports;
  /** The versions of wirelab and Node.js. Empty when no program wrote a record. */
  readonly versions: Readonly<Record<string, string>>;
  readonly starts: readonly StartRecord[];
  /** The times in which a host's capture lacks packets, as recorded by its sidecar. */
  readonly gaps?: readonly Gap[];
  /** The times in which it was certainly running. The end is infinite when no end is recorded. */
  readonly captured?: readonly AtHost[];
}

/** A time in which a capture lacks packets. */
export type Gap = AtHost;

/** The settings of today, for captures without a record of their own. */
export type RunDefaults = Pick<Run, 'addresses' | 'ports'>;

/** The fault profile that a server uses at some time. */
export interface ActiveProfile {
  /** When it became active, ISO 8601. Undefined when nothing records that. */
  readonly from: string | undefined;
  readonly profile: string;
  /** `messages` for a script that does not apply to the datagrams of transfers. */
  readonly of?: 'messages' | undefined;
  readonly seed: string | undefined;
}

/** Reads the record of a run from the folder with its captures. */
export async function readRun(folder: string, defaults: RunDefaults): Promise<Run> {
  const text = await readFile(join(folder, 'lab.log'), 'utf8').catch(() => '');
  const records = text.split('\n').flatMap(parse);
  const starts = recordsOf(startSchema, records);
  const last = (program: string) => starts.findLast((start) => start.program === program);
  const latest = starts.at(-1);
  return {
    addresses: {
      server: latest?.addresses.server ?? defaults.addresses.server,
      client: latest?.addresses.client ?? defaults.addresses.client,
    },
    ports: {
      http: last('http')?.port ?? defaults.ports.http,
      https: last('http')?.tlsPort ?? defaults.ports.https,
      echo: last('echo')?.port ?? defaults.ports.echo,
      echoTls: last('echo')?.tlsPort ?? defaults.ports.echoTls,
    },
    versions: latest ? { wirelab: latest.versions.wirelab, 'Node.js': latest.versions.node } : {},
    starts,
    gaps: gapsIn(records),
    captured: capturedIn(records),
  };
}

/** The value in a line; none when the line is torn. */
function parse(line: string): unknown[] {
  try {
    return [JSON.parse(line)];
  } catch {
    return [];
  }
}

/** When the echo server was in sink mode: it printed messages, and no journal has them. */
export function sinkStretches({ starts }: Pick<Run, 'starts'>): Stretch[] {
  const echo = starts.filter(({ program }) => program === 'echo');
  const began = (start: StartRecord | undefined) =>
    start ? Date.parse(start.timestamp) / 1000 : Number.POSITIVE_INFINITY;
  return echo.flatMap((start, at) =>
    start.mode === 'sink' ? [{ from: began(start), to: began(echo[at + 1]) }] : [],
  );
}

/** Follows the active profile of each server through a run: the one at its start, and each change. */
export class ActiveProfiles {
  readonly #starts: StartRecord[];
  readonly #current = new Map<Decider, ActiveProfile>();

  constructor({ starts }: Pick<Run, 'starts'>) {
    this.#starts = [...starts];
    // An entry may seem to be older than the start of its program, because clocks have milliseconds.
    for (const start of starts) this.#begin(start, true);
  }

  /** Moves forward to the time of an entry. */
  advance(entry: Entry): void {
    while (this.#starts[0] && this.#starts[0].timestamp <= entry.timestamp)
      this.#begin(this.#starts.shift()!);
    if (!isEvent(entry) || entry.event !== 'faults') return;
    const { timestamp, server, profile = '', seed } = entry;
    const of = entry.of === 'messages' ? entry.of : undefined;
    if (isDecider(server)) this.#current.set(server, { from: timestamp, profile, of, seed });
  }

  /** Undefined when neither the record nor a journal names a profile for this server. */
  of(decider: Decider): ActiveProfile | undefined {
    return this.#current.get(decider);
  }

  #begin({ timestamp, faults }: StartRecord, unlessKnown = false): void {
    for (const { server, profile, of, seed } of faults) {
      if (isDecider(server) && !(unlessKnown && this.#current.has(server))) {
        this.#current.set(server, { from: timestamp, profile, of, seed });
      }
    }
  }
}

function isDecider(name: unknown): name is Decider {
  return deciders.some((decider) => decider === name);
}
