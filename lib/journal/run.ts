import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { type Decider, deciders } from '#lib/lab/deciders.ts';
import type { Host } from '#lib/lab/hosts.ts';
import type { Ports } from '#lib/lab/ports.ts';
import { type AtHost, capturedIn, gapsIn, recordsOf, type Stretch } from './capture-records.ts';
import { isEvent } from './entries.ts';
import { type StartRecord, startSchema } from './lab-record.ts';
import type { Entry } from './schema.ts';

const nameSchema = v.object({ event: v.literal('run'), name: v.string() });

/** How a run was set up: the addresses of its hosts, and how its programs were started. */
export interface Run {
  /** What a person called it. */
  readonly name?: string | undefined;
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

/** The name of the record of a run. */
export const RECORD = 'lab.log';

/** Reads the record of a run from the folder with its captures. */
export async function readRun(folder: string, defaults: RunDefaults): Promise<Run> {
  return runIn(await readFile(join(folder, RECORD), 'utf8').catch(() => ''), defaults);
}

/** Reads the record of a run, the text of its lab.log. */
export function runIn(text: string, defaults: RunDefaults): Run {
  const records = text.split('\n').flatMap(parse);
  const starts = recordsOf(startSchema, records);
  const last = (program: string) => starts.findLast((start) => start.program === program);
  const latest = starts.at(-1);
  const name = recordsOf(nameSchema, records)[0]?.name;
  return {
    ...(name && { name }),
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

  /** Programs have started since the record was read. */
  extend(starts: readonly StartRecord[]): void {
    this.#starts.push(...starts);
    for (const start of starts) this.#begin(start, true);
  }

  /** Moves forward to the time of an entry. */
  advance(entry: Entry): void {
    this.moveTo(entry.timestamp);
    if (!isEvent(entry) || entry.event !== 'faults') return;
    const { timestamp, server, profile = '', seed } = entry;
    const of = entry.of === 'messages' ? entry.of : undefined;
    if (isDecider(server)) this.#current.set(server, { from: timestamp, profile, of, seed });
  }

  /** Moves forward to a time, ISO 8601. */
  moveTo(timestamp: string): void {
    while (this.#starts[0] && this.#starts[0].timestamp <= timestamp) this.#begin(this.#starts.shift()!);
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
