import { type Capture, CaptureError, findCapture } from '#analysis/capture/capture-files.ts';
import { mustBeReadable } from '#analysis/capture/capture-info.ts';
import { type IpFrame, readIp } from '#analysis/capture/read-ip.ts';
import { Seen } from '#analysis/capture/seen.ts';
import type { Run } from '#lib/journal/run.ts';
import { readWireEntries, wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { type Host, hosts } from '#lib/lab/hosts.ts';
import type { WireFinding } from './finding.ts';
import { WireMatching, type WireParts } from './matching.ts';

/** A packet may be on its way, or not yet in the file, for this long when a capture is read that still runs, in seconds. */
const ON_THE_WAY = 5;
/** An entry has milliseconds: all frames of its millisecond count as before it. */
const MILLISECOND = 0.001;

/** One thing after the other, with the time of the next. */
class Head<Value> {
  readonly #batches: AsyncIterator<readonly Value[]>;
  readonly #timeOf: (value: Value) => number;
  #batch: readonly Value[] = [];
  #at = 0;
  isOver = false;

  constructor(batches: AsyncIterable<readonly Value[]>, timeOf: (value: Value) => number) {
    this.#batches = batches[Symbol.asyncIterator]();
    this.#timeOf = timeOf;
  }

  /** Undefined at the end. */
  get next(): Value | undefined {
    return this.#batch[this.#at];
  }

  /** Infinite at the end. */
  get time(): number {
    const { next } = this;
    return next === undefined ? Number.POSITIVE_INFINITY : this.#timeOf(next);
  }

  /** Whether the next one must be fetched. */
  get isEmpty(): boolean {
    return !this.isOver && this.#at >= this.#batch.length;
  }

  take(): Value {
    const value = this.#batch[this.#at]!;
    this.#at += 1;
    return value;
  }

  async fetch(): Promise<void> {
    while (this.isEmpty) {
      const { done, value } = await this.#batches.next();
      this.isOver = done === true;
      if (done) return;
      this.#batch = value;
      this.#at = 0;
    }
  }
}

/**
 * Matches the journal of the wire with the captures of both hosts in a folder. All three are read once, side by side, so
 * memory depends on what is on the way at once and not on the length of the run. A capture that can't be read counts as
 * empty.
 */
export async function* readWire(
  folder: string,
  run: Run,
  now: () => number = Date.now,
): AsyncGenerator<WireFinding> {
  const readUpTo = now() / 1_000 - ON_THE_WAY;
  const captures = await Promise.all(hosts.map((host) => readable(host, folder)));
  const seen = { server: new Seen(), client: new Seen() };
  const captureOf = (host: Host) => captures[hosts.indexOf(host)];
  const frames = (host: Host) => readIp(captureOf(host) ?? NO_FILES, seen[host]);
  // A capture that is not there, or breaks off, lacks what its records promise.
  const isWhole = (host: Host) => captureOf(host) !== undefined && seen[host].cut === undefined;
  const recorded = (host: Host) =>
    (run.captured ?? [])
      .filter((one) => one.host === host && isWhole(host))
      .map(({ from, to }) => ({ from, to: Math.min(to, readUpTo) }));
  yield* matchWire(
    { server: frames('server'), client: frames('client') },
    oneByOne(readWireEntries(folder)),
    { ...run, recorded },
  );
  const cut = hosts.flatMap((host) => seen[host].cut ?? []);
  const without = hosts.filter((host) => seen[host].frames === 0);
  yield { kind: 'end', cut, without };
}

const NO_FILES = { files: [] };

async function readable(host: Host, folder: string): Promise<Capture | undefined> {
  try {
    const capture = await findCapture(host, folder);
    await mustBeReadable(capture);
    return capture;
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    return undefined;
  }
}

/** Matches entries with the packets of both hosts. */
export async function* matchWire(
  frames: Readonly<Record<Host, AsyncIterable<readonly IpFrame[]>>>,
  entries: AsyncIterable<readonly WireEntry[]>,
  { addresses, gaps, recorded }: WireParts,
): AsyncGenerator<WireFinding> {
  const matching = new WireMatching({ addresses, gaps, recorded });
  const reading = new Reading(frames, entries, matching);
  for (let goesOn = true; goesOn; ) {
    if (reading.needsMore) await reading.fetch();
    goesOn = reading.takeNext();
    if (matching.findings.length > 0) yield* matching.findings.splice(0);
  }
  matching.finish();
  yield* matching.findings;
}

/** Both captures and the journal, side by side. */
class Reading {
  readonly #captures: Readonly<Record<Host, Head<IpFrame>>>;
  readonly #journal: Head<WireEntry>;
  readonly #heads: readonly Pick<Head<unknown>, 'isEmpty' | 'fetch'>[];
  readonly #matching: WireMatching;

  constructor(
    frames: Readonly<Record<Host, AsyncIterable<readonly IpFrame[]>>>,
    entries: AsyncIterable<readonly WireEntry[]>,
    matching: WireMatching,
  ) {
    const [server, client] = hosts.map((host) => new Head(frames[host], ({ time }) => time));
    this.#captures = { server: server!, client: client! };
    this.#journal = new Head(entries, (entry) => wireTimeOf(entry) + MILLISECOND);
    this.#heads = [server!, client!, this.#journal] as const;
    this.#matching = matching;
  }

  get needsMore(): boolean {
    return this.#heads.some(({ isEmpty }) => isEmpty);
  }

  async fetch(): Promise<void> {
    await Promise.all(this.#heads.map((head) => head.fetch()));
    for (const host of hosts) if (this.#captures[host].isOver) this.#matching.look(host, undefined);
  }

  /** Hands on what is earliest. @returns false when there is nothing any more */
  takeNext(): boolean {
    const { server, client } = this.#captures;
    const host = server.time <= client.time ? 'server' : 'client';
    const { [host]: head } = this.#captures;
    if (this.#journal.next !== undefined && this.#journal.time <= head.time) {
      this.#matching.read(this.#journal.take());
      return true;
    }
    if (head.next === undefined) return false;
    this.#matching.look(host, head.time);
    this.#matching.take(host, head.take());
    if (head.next !== undefined) this.#matching.look(host, head.time);
    return true;
  }
}

async function* oneByOne(entries: AsyncIterable<WireEntry>): AsyncGenerator<readonly WireEntry[]> {
  let batch: WireEntry[] = [];
  for await (const entry of entries) {
    batch.push(entry);
    if (batch.length < 256) continue;
    yield batch;
    batch = [];
  }
  yield batch;
}
