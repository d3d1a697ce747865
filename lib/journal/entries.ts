import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Decider } from '#lib/lab/deciders.ts';
import { endpoint, type ServerName } from '#lib/lab/ports.ts';
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

/** Whether a peer was refused: nothing was drawn for it, and it counts in no share. */
export function isRefused(entry: Decision): boolean {
  return isHttp(entry) ? entry.outcome === '401' : entry.fault === 'refused';
}

/** How many datagrams an entry says never got to the program, as the buffer of its socket was full. */
export function lostDatagrams(entry: Entry): number {
  return isEvent(entry) && entry.event === 'overflow' ? entry.datagrams : 0;
}

/** A TLS handshake that failed, and whose journal says so. */
export type HandshakeEvent = EventNamed<'handshake'> & { readonly server: ServerName };

export function isHandshake(entry: Entry): entry is HandshakeEvent {
  return isEvent(entry) && entry.event === 'handshake';
}

/** Address and port of a client, `10.0.142.133:51234`, when its entry has both. */
export function clientOf({
  client_ip,
  client_port,
}: Pick<HttpEntry, 'client_ip' | 'client_port'>): string | undefined {
  return client_ip && client_port ? endpoint(client_ip, client_port) : undefined;
}

/** Which of the servers an entry with a decision is of. */
export function deciderOf(entry: Decision): Decider {
  return isHttp(entry) ? 'http' : `echo-${entry.protocol}`;
}

/** When an entry was written, in seconds since 1970; journals have milliseconds. */
export function timeOf({ timestamp }: Pick<Entry, 'timestamp'>): number {
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
