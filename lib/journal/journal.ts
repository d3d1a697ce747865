import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Timer, timer } from '#lib/runtime/timer.ts';

const NEWLINE = 0x0a;
const READ_BYTES = 64 * 1024;
const RETRY_MS = 1_000;
/** Some 100,000 entries. */
const MOST_WAITING = 16 * 2 ** 20;

/** What was found behind the last newline when a journal was opened: the end of a write that was cut off. */
export interface TornLine {
  readonly bytes: number;
  readonly text: string;
}

/** What happened to the file of a journal. */
export type JournalEvent =
  /** It can't be written: entries wait in memory. */
  | { readonly what: 'waits'; readonly error: unknown }
  /** All of these entries are written now, but for those that were refused as too many waited. */
  | { readonly what: 'goes-on'; readonly entries: number; readonly refused: number }
  /** Another program has shortened it. */
  | { readonly what: 'cut'; readonly bytes: number }
  /** It was deleted or replaced, with that much in it; the journal goes on in what has its name now, or in a new one. */
  | { readonly what: 'replaced'; readonly bytes: number }
  /** These lines still wait, and the journal is closed. */
  | { readonly what: 'unwritten'; readonly lines: string };

export interface JournalOptions {
  readonly onEvent?: (event: JournalEvent) => void;
  /** By which what could not be written is tried again. */
  readonly timer?: Timer;
  /** Of entries that wait, in characters. */
  readonly mostWaiting?: number;
}

/** What was in the file of a journal when it was opened. */
interface Found {
  readonly size: number;
  readonly id: number;
  readonly torn?: TornLine;
}

/** Entries that are written together. */
interface Group {
  readonly lines: string;
  readonly entries: number;
}

/**
 * An append-only JSON Lines file. One writer; any number of readers.
 *
 * Entries of one turn of the event loop share a write, so a busy server pays for one write a group and not one an
 * entry. The write is synchronous: it takes microseconds, and handing it to another thread and waiting for it
 * takes a busy machine of few cores a hundred times as long.
 *
 * While the file can't be written, such as on a full disk, entries wait in memory and are written in their order as soon
 * as it can.
 */
export class Journal<Entry extends object = object> {
  readonly path: string;
  readonly torn: TornLine | undefined;
  readonly #onEvent: (event: JournalEvent) => void;
  readonly #timer: Timer;
  readonly #mostWaiting: number;
  #file: number;
  #size: number;
  #id: number;
  #lines = '';
  #entries = 0;
  #group: Promise<void> | undefined;
  /** Readers share it: groups are added to it, and it is replaced when some are written. */
  #waiting: Group[] = [];
  #waitingEntries = 0;
  #waitingLength = 0;
  #written = 0;
  #refused = 0;
  #error: unknown;
  #cancelRetry: (() => void) | undefined;
  #isClosing = false;
  #isClosed = false;

  private constructor(path: string, { size, id, torn }: Found, options: JournalOptions) {
    this.path = path;
    this.torn = torn;
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#timer = options.timer ?? timer;
    this.#mostWaiting = options.mostWaiting ?? MOST_WAITING;
    this.#file = openSync(path, 'a+');
    this.#size = size;
    this.#id = id;
  }

  /**
   * Opens or creates the file at `path`. Ids go on after those in it. A torn last line is taken out of the
   * file, so that every line in it stays readable, and kept in `torn` for the caller to journal.
   *
   * @throws when the file can't be read and written
   */
  static async open<Entry extends object>(
    path: string,
    options: JournalOptions = {},
  ): Promise<Journal<Entry>> {
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      const whole = await endOfLastLine(file, size);
      const id = await lastId(file, whole);
      if (whole === size) return new Journal<Entry>(path, { size, id }, options);
      const tail = Buffer.alloc(Math.min(size - whole, READ_BYTES));
      await file.read(tail, 0, tail.length, whole);
      await file.truncate(whole);
      const torn = { bytes: size - whole, text: tail.toString() };
      return new Journal<Entry>(path, { size: whole, id, torn }, options);
    } finally {
      await file.close();
    }
  }

  /** The id of the next entry: unique and rising over the whole file, restarts included. */
  nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  /** Looks whether entries are where they are looked for. Says why they are not, in words. */
  check(): string | undefined {
    const entries = this.#waitingEntries;
    if (entries > 0) return `${entries} entries wait until ${this.path} can be written: ${this.#error}`;
    try {
      this.#followName();
    } catch {
      // It has no name, as is said below.
    }
    const named = statSync(this.path, { throwIfNoEntry: false });
    const { dev, ino } = fstatSync(this.#file);
    return named?.dev === dev && named.ino === ino ? undefined : `${this.path} was deleted or replaced`;
  }

  /**
   * Resolves once the entry is in the file and readers see it, or waits for the file to be written.
   *
   * @throws what the file system says, such as ENOSPC, when too many wait already: the group of the entry is then lost;
   * or that the journal is closed
   */
  append(entry: Entry): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(`${this.path} is closed`));
    this.#entries += 1;
    this.#lines += `${JSON.stringify(entry)}\n`;
    this.#group ??= this.#writeGroup();
    return this.#group;
  }

  /**
   * The whole journal as the bytes of one JSON array, an entry a line, read piece by piece; what waits is its end.
   *
   * @throws what the file system says when the file can't be opened
   */
  async toJsonArray(): Promise<Readable> {
    const file = await open(this.path, 'r');
    try {
      const size = await endOfLastLine(file, (await file.stat()).size);
      const waiting = { groups: this.#waiting, count: this.#waiting.length };
      const array = Readable.from(jsonArray(file, size, waiting), { objectMode: false });
      // Not left to the generator: one that nobody began to read runs no `finally`.
      return array.once('close', () => file.close());
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    await this.#group?.catch(() => undefined);
    this.#cancelRetry?.();
    if (!this.#writeWaiting()) {
      this.#onEvent({ what: 'unwritten', lines: this.#waiting.map(({ lines }) => lines).join('') });
    }
    // Its events may have been journaled.
    await this.#group?.catch(() => undefined);
    this.#isClosed = true;
    closeSync(this.#file);
  }

  async #writeGroup(): Promise<void> {
    await setImmediate();
    const group = { lines: this.#lines, entries: this.#entries };
    this.#lines = '';
    this.#entries = 0;
    this.#group = undefined;
    if (this.#waiting.length > 0) return this.#wait(group, this.#error);
    try {
      this.#write(group.lines);
    } catch (error) {
      this.#wait(group, error);
    }
  }

  #wait(group: Group, error: unknown): void {
    if (this.#waitingLength + group.lines.length > this.#mostWaiting) {
      this.#refused += group.entries;
      throw error;
    }
    this.#error = error;
    this.#waitingEntries += group.entries;
    this.#waitingLength += group.lines.length;
    if (this.#waiting.push(group) > 1) return;
    this.#onEvent({ what: 'waits', error });
    this.#tryLater();
  }

  #tryLater(): void {
    this.#cancelRetry = this.#timer(RETRY_MS, () => this.#writeWaiting() || this.#tryLater());
  }

  /** @returns whether nothing waits any more */
  #writeWaiting(): boolean {
    const waited = this.#waiting;
    if (waited.length === 0) return true;
    let written = 0;
    try {
      for (const { lines } of waited) {
        this.#write(lines);
        written += 1;
      }
    } catch (error) {
      this.#error = error;
    }
    this.#waiting = waited.slice(written);
    for (const { lines, entries } of waited.slice(0, written)) {
      this.#waitingLength -= lines.length;
      this.#waitingEntries -= entries;
      this.#written += entries;
    }
    if (this.#waiting.length > 0) return false;
    this.#onEvent({ what: 'goes-on', entries: this.#written, refused: this.#refused });
    this.#written = 0;
    this.#refused = 0;
    return true;
  }

  #write(lines: string): void {
    this.#followName();
    const { size } = fstatSync(this.#file);
    if (size < this.#size) this.#onEvent({ what: 'cut', bytes: this.#size - size });
    const bytes = Buffer.from(size === this.#size || this.#endsWithLine(size) ? lines : `\n${lines}`);
    let offset = 0;
    try {
      while (offset < bytes.length) offset += writeSync(this.#file, bytes, offset);
      this.#size = size + bytes.length;
    } catch (error) {
      this.#size = size;
      if (offset > 0) ftruncateSync(this.#file, size);
      throw error;
    }
  }

  /** Goes on in what has the name now, or in a new file, when the one that is open has no name any more. */
  #followName(): void {
    if (fstatSync(this.#file).nlink > 0) return;
    const other = openSync(this.path, 'a+');
    closeSync(this.#file);
    this.#file = other;
    const bytes = this.#size;
    this.#size = 0;
    this.#onEvent({ what: 'replaced', bytes });
  }

  /** Whether what another program left in the file ends with a whole line. */
  #endsWithLine(size: number): boolean {
    const last = Buffer.alloc(1, NEWLINE);
    if (size > 0) readSync(this.#file, last, 0, 1, size - 1);
    return last[0] === NEWLINE;
  }
}

/** Groups that wait, up to a count: those that were there when a reader came. */
interface Waiting {
  readonly groups: readonly Group[];
  readonly count: number;
}

async function* jsonArray(
  file: FileHandle,
  size: number,
  { groups, count }: Waiting,
): AsyncGenerator<Buffer> {
  yield Buffer.from('[');
  let open = false;
  for (let position = 0; position < size; ) {
    const chunk = Buffer.alloc(Math.min(READ_BYTES, size - position));
    const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
    if (bytesRead === 0) break;
    position += bytesRead;
    const whole = chunk[bytesRead - 1] === NEWLINE;
    // latin1 maps bytes to characters one to one, so a character cut by the chunk stays as it is.
    const text = chunk.toString('latin1', 0, whole ? bytesRead - 1 : bytesRead).replaceAll('\n', ',\n');
    yield Buffer.from(open ? `,\n${text}` : text, 'latin1');
    open = whole;
  }
  for (let index = 0; index < count; index += 1) {
    const lines = groups[index]!.lines.trimEnd().replaceAll('\n', ',\n');
    yield Buffer.from(open ? `,\n${lines}` : lines);
    open = true;
  }
  yield Buffer.from(']');
}

/** Where the last newline ends, 0 when there is none. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const chunk = Buffer.alloc(READ_BYTES);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - READ_BYTES);
    const { bytesRead } = await file.read(chunk, 0, end - start, start);
    const newline = chunk.lastIndexOf(NEWLINE, bytesRead - 1);
    if (newline >= 0 && newline < bytesRead) return start + newline + 1;
    end = start;
  }
  return 0;
}

/** The id of the last entry, 0 when there is none. Only the last line is read. */
async function lastId(file: FileHandle, whole: number): Promise<number> {
  if (whole === 0) return 0;
  const start = await endOfLastLine(file, whole - 1);
  const line = Buffer.alloc(whole - start);
  await file.read(line, 0, line.length, start);
  try {
    const { id } = JSON.parse(line.toString());
    return Number.isSafeInteger(id) ? id : 0;
  } catch {
    return 0;
  }
}
