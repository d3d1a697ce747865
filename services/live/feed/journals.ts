import { join } from 'node:path';
import { entryIn, readEntries, timeOf } from '#lib/journal/entries.ts';
import type { Entry } from '#lib/journal/schema.ts';
import { readWireEntries, wireEntryIn } from '#lib/journal/wire-entries.ts';
import type { WireEntry } from '#lib/journal/wire-schema.ts';
import { GrowingLines } from './growing-lines.ts';
import { Queue, Read, type Source } from './source.ts';

/** The journals of a run. */
export interface Journals {
  /** The entries of both servers, in the order of time. */
  readonly entries: Source<Entry>;
  readonly wireEntries: Source<WireEntry>;
  /** Reads what is new. */
  poll(): Promise<void>;
  close(): Promise<void>;
}

/** Journals to which nothing is added any more. */
export function recordedJournals(folder: string): Journals {
  return {
    entries: new Read(readEntries(folder)),
    wireEntries: new Read(readWireEntries(folder)),
    poll: async () => undefined,
    close: async () => undefined,
  };
}

/** Journals while their programs write them. */
export class GrowingJournals implements Journals {
  readonly entries = new Queue<Entry>();
  readonly wireEntries = new Queue<WireEntry>();
  readonly #http: GrowingLines;
  readonly #echo: GrowingLines;
  readonly #wire: GrowingLines;

  constructor(folder: string) {
    this.#http = new GrowingLines(join(folder, 'http.log'));
    this.#echo = new GrowingLines(join(folder, 'echo.log'));
    this.#wire = new GrowingLines(join(folder, 'wire.log'));
  }

  async poll(): Promise<void> {
    const [http, echo, wire] = await Promise.all([this.#http.poll(), this.#echo.poll(), this.#wire.poll()]);
    this.entries.add(
      merged(
        http.flatMap((line) => entryIn(line, 'http') ?? []),
        echo.flatMap((line) => entryIn(line, 'echo') ?? []),
      ),
    );
    this.wireEntries.add(wire.flatMap((line) => wireEntryIn(line) ?? []));
  }

  async close(): Promise<void> {
    await Promise.all([this.#http.close(), this.#echo.close(), this.#wire.close()]);
  }
}

/** The entries of two journals in the order of time; those of one journal keep their order. */
function merged(one: readonly Entry[], other: readonly Entry[]): Entry[] {
  const all: Entry[] = [];
  let at = 0;
  for (const entry of one) {
    while (other[at] && timeOf(other[at]!) < timeOf(entry)) {
      all.push(other[at]!);
      at += 1;
    }
    all.push(entry);
  }
  return [...all, ...other.slice(at)];
}
