import { join } from 'node:path';
import type { Decider } from '#lib/lab/deciders.ts';
import { endpoint, type ServerName } from '#lib/lab/ports.ts';
import { parseEntry, readEntryLines } from './lines.ts';
import {
  type DatagramEntry,
  type Decision,
  type Entry,
  type EventEntry,
  type EventNamed,
  type HttpEntry,
  isEntry,
} from './schema.ts';

export function isEvent(entry: Entry): entry is EventEntry {
  return 'event' in entry;
}

export function isHttp(entry: Entry): entry is HttpEntry {
  return 'outcome' in entry;
}

export function isDatagram(entry: Entry): entry is DatagramEntry {
  return 'direction' in entry;
}

/** Whether the server refused the client. It makes no draw for it, so the entry counts in no statistics. */
export function isRefused(entry: Decision): boolean {
  return isHttp(entry) ? entry.outcome === '401' : entry.fault === 'refused';
}

/** How many datagrams the kernel dropped before the program read them, because the socket's buffer was full. */
export function lostDatagrams(entry: Entry): number {
  return isEvent(entry) && entry.event === 'overflow' ? entry.datagrams : 0;
}

/** A TLS handshake that failed, and the server whose journal has it. */
export type HandshakeEvent = EventNamed<'handshake'> & { readonly server: ServerName };

export function isHandshake(entry: Entry): entry is HandshakeEvent {
  return isEvent(entry) && entry.event === 'handshake';
}

/** Address and port of a client, as `10.0.142.133:51234`, when the entry has both. */
export function clientOf({
  client_ip,
  client_port,
}: Pick<HttpEntry, 'client_ip' | 'client_port'>): string | undefined {
  return client_ip && client_port ? endpoint(client_ip, client_port) : undefined;
}

/** The server that made a decision. */
export function deciderOf(entry: Decision): Decider {
  return isHttp(entry) ? 'http' : `echo-${entry.protocol}`;
}

/** When an entry was written, in seconds since 1970. Journals have milliseconds. */
export function timeOf({ timestamp }: Pick<Entry, 'timestamp'>): number {
  return Date.parse(timestamp) / 1000;
}

/** Reads the journals of a run, merged in the order of time. Skips lines that are no entries. */
export async function* readEntries(folder: string): AsyncGenerator<Entry> {
  const journals = (['http', 'echo'] as const).map((server) => readJournal(folder, server));
  const heads = await Promise.all(journals.map((journal) => journal.next()));
  // Each journal is in order. Where a clock was set back, the entries after that count as this much later.
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
  for await (const entry of readEntryLines(join(folder, `${server}.log`), isEntry)) yield of(server, entry);
}

/** The entry in a line of the journal of a server; undefined when the line is none. */
export function entryIn(line: string, server: ServerName): Entry | undefined {
  const entry = parseEntry(line, isEntry);
  return entry && of(server, entry);
}

/** Other events than handshakes have their server in a field of their own. */
function of(server: ServerName, entry: Entry): Entry {
  return isHandshake(entry) ? { ...entry, server } : entry;
}
