import { open } from 'node:fs/promises';
import { join } from 'node:path';

/** The servers that draw apart from each other, as their profiles and seeds are told. */
export const deciders = ['http', 'echo-tcp', 'echo-udp'] as const;
export type Decider = (typeof deciders)[number];

/** A line of a journal. */
interface Line {
  readonly timestamp: string;
  readonly id: number;
}

interface FromClient extends Line {
  readonly client_ip: string;
  readonly client_port: number;
}

/** What the HTTP server decided for a request. */
export interface HttpEntry extends FromClient {
  readonly outcome: string;
  readonly request: number;
}

/** What a fault did to a message or a datagram. */
export interface FaultDetail {
  readonly fault: string;
  /** Number of the draw. */
  readonly message: number;
  /** A fault that was drawn and could not be done. */
  readonly drawn?: string;
  readonly loss?: 'notice' | 'silent';
  readonly delay_ms?: number;
  /** Of a corruption: octet from 0, and its value as `0x73`. */
  readonly offset?: number;
  readonly before?: string;
  readonly after?: string;
  /** Octets of a truncated answer. */
  readonly kept?: number;
  readonly interval_ms?: number;
}

/** What the echo server decided for a message. */
export interface MessageEntry extends FromClient, FaultDetail {
  readonly protocol: 'tcp' | 'udp';
  /** Octets of the body. */
  readonly length: number;
  readonly tag?: string;
}

/** What the echo server decided for a datagram of a transfer. */
export interface DatagramEntry extends MessageEntry {
  readonly direction: 'in' | 'out';
  readonly transfer?: string;
  readonly kind?: string;
  readonly sequence?: number;
  readonly ack?: number;
  readonly damaged?: true;
}

/** What happened beside decisions: `faults`, `transfer`, `torn`, `dropped`. */
export interface EventEntry extends Line {
  readonly event: string;
  readonly server?: string;
  readonly profile?: string;
  readonly seed?: string;
  readonly [detail: string]: unknown;
}

export type Decision = HttpEntry | MessageEntry | DatagramEntry;
export type Entry = Decision | EventEntry;

export function isEvent(entry: Entry): entry is EventEntry {
  return 'event' in entry;
}

export function isHttp(entry: Entry): entry is HttpEntry {
  return 'outcome' in entry;
}

export function isDatagram(entry: Entry): entry is DatagramEntry {
  return 'direction' in entry;
}

/** Which of the servers an entry with a decision is of. */
export function deciderOf(entry: Decision): Decider {
  return isHttp(entry) ? 'http' : `echo-${entry.protocol}`;
}

/** When an entry was written, in seconds since 1970; journals have milliseconds. */
export function timeOf({ timestamp }: Line): number {
  return Date.parse(timestamp) / 1000;
}

/** Reads the journals of a run, put together in the order of their time. A line that is no entry is left out. */
export async function* readEntries(folder: string): AsyncGenerator<Entry> {
  const journals = ['http.log', 'echo.log'].map((name) => readJournal(join(folder, name)));
  const heads = await Promise.all(journals.map((journal) => journal.next()));
  for (;;) {
    const [http, echo] = heads.map(({ value }) => (value ? timeOf(value) : Number.POSITIVE_INFINITY));
    const next = http! <= echo! ? 0 : 1;
    const { value } = heads[next]!;
    if (!value) return;
    yield value;
    heads[next] = await journals[next]!.next();
  }
}

async function* readJournal(path: string): AsyncGenerator<Entry, undefined> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    // A run without that server has no such journal.
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (!file) return;
  for await (const line of file.readLines()) {
    const entry = parse(line);
    if (entry) yield entry;
  }
}

function parse(line: string): Entry | undefined {
  try {
    const entry = JSON.parse(line);
    return isEntry(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it has what every reader of it relies on. */
function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { timestamp, event, client_ip, client_port, id, outcome, fault, protocol, length } = value as Record<
    string,
    unknown
  >;
  if (typeof timestamp !== 'string' || Number.isNaN(Date.parse(timestamp))) return false;
  if (typeof event === 'string') return true;
  if (typeof client_ip !== 'string' || !isCount(client_port) || !isCount(id)) return false;
  if (typeof outcome === 'string') return true;
  return typeof fault === 'string' && (protocol === 'tcp' || protocol === 'udp') && isCount(length);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
