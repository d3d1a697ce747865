import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Decider } from '#lib/lab/deciders.ts';
import { endpoint, type ServerName } from '#lib/lab/ports.ts';

/** A line of a journal. */
interface Line {
  readonly timestamp: string;
  readonly id: number;
}

interface FromClient extends Line {
  /** Undefined of a connection that was reset before it was looked at. */
  readonly client_ip?: string;
  readonly client_port: number;
  /** The version of TLS that it came over, such as `TLSv1.3`. */
  readonly tls?: string;
}

/** What the HTTP server decided for a request. */
export interface HttpEntry extends FromClient {
  readonly outcome: string;
  /** Number of the draw; of a request that was refused there was none. */
  readonly request?: number;
  /** Of a request that was refused: its path, cut when it is long, and why. */
  readonly path?: string;
  readonly reason?: string;
}

/** What a fault did to a message or a datagram. */
export interface FaultDetail {
  readonly fault: string;
  /** Number of the draw; of a message that was refused there was none. */
  readonly message?: number;
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
  /** 8 digits, or `hmac-sha256:` and 64. */
  readonly tag?: string;
  /** Of a message that was refused: why. */
  readonly reason?: string;
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

/** What happened beside decisions: `faults`, `transfer`, `torn`, `dropped`, `overflow`, `limit`, `handshake`, `journal`. */
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

/** Whether a peer was refused: nothing was drawn for it, and it counts in no share. */
export function isRefused(entry: Decision): boolean {
  return isHttp(entry) ? entry.outcome === '401' : entry.fault === 'refused';
}

/** How many datagrams an entry says never got to the program, as the buffer of its socket was full. */
export function lostDatagrams(entry: Entry): number {
  return isEvent(entry) && entry.event === 'overflow' && isCount(entry.datagrams) ? entry.datagrams : 0;
}

/** A TLS handshake that failed. */
export interface HandshakeEvent extends EventEntry {
  /** Whose journal it is in. */
  readonly server: ServerName;
  /** Of a client that had reset its connection before it was looked at there is no address. */
  readonly client_ip?: string;
  readonly client_port?: number;
  readonly reason: string;
}

export function isHandshake(entry: Entry): entry is HandshakeEvent {
  return isEvent(entry) && entry.event === 'handshake' && typeof entry.reason === 'string';
}

/** Address and port of a client, `10.0.142.133:51234`, when its entry has both. */
export function clientOf({ client_ip, client_port }: Decision | HandshakeEvent): string | undefined {
  return typeof client_ip === 'string' && isCount(client_port) ? endpoint(client_ip, client_port) : undefined;
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
  const journals = (['http', 'echo'] as const).map((server) => readJournal(folder, server));
  const heads = await Promise.all(journals.map((journal) => journal.next()));
  // Each journal is in order, also where its clock was set back: what follows is as much later.
  const lags = journals.map(() => 0);
  for (;;) {
    const [http, echo] = heads.map(({ value }, at) =>
      value ? timeOf(value) + lags[at]! : Number.POSITIVE_INFINITY,
    );
    const next = http! <= echo! ? 0 : 1;
    const { value } = heads[next]!;
    if (!value) return;
    yield value;
    heads[next] = await journals[next]!.next();
    const { value: follower } = heads[next];
    if (follower) lags[next]! += Math.max(0, timeOf(value) - timeOf(follower));
  }
}

async function* readJournal(folder: string, server: ServerName): AsyncGenerator<Entry, undefined> {
  const file = await open(join(folder, `${server}.log`)).catch((error: NodeJS.ErrnoException) => {
    // A run without that server has no such journal.
    if (error.code !== 'ENOENT') throw error;
    return undefined;
  });
  if (!file) return;
  for await (const line of file.readLines()) {
    const entry = parse(line);
    // Of other events the servers say themselves whose they are.
    if (entry) yield isHandshake(entry) ? { ...entry, server } : entry;
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
