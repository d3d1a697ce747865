import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Timer, timer } from '#lib/runtime/timer.ts';
import { AppendedFile, type FileEvent } from './appended-file.ts';
import { Backlog, type Cleared, type Group } from './backlog.ts';
import { type Found, mendEnd, type TornLine } from './end-of-file.ts';
import { readJsonArray } from './json-array.ts';

const RETRY_MS = 1_000;
/** In characters: about 100,000 entries. */
const MOST_WAITING = 16 * 2 ** 20;

/** What happened to the file of a journal. */
export type JournalEvent =
  | FileEvent
  /** The file can't be written. Entries wait in memory. */
  | { readonly what: 'waits'; readonly error: unknown }
  /** The waiting entries are now written. `refused` counts those that found no room. */
  | ({ readonly what: 'resumed' } & Cleared)
  /** The journal is closed, and these lines could not be written. */
  | { readonly what: 'unwritten'; readonly lines: string };

export interface JournalOptions {
  readonly onEvent?: (event: JournalEvent) => void;
  /** Times the next attempt to write. */
  readonly timer?: Timer;
  /** The most that may wait in memory, in characters. */
  readonly mostWaiting?: number;
}

/**
 * An append-only JSON Lines file. One writer; any number of readers.
 *
 * Entries of one turn of the event loop share a write, so a busy server makes few writes. A write is synchronous: it
 * takes microseconds. Handing it to another thread takes a hundred times as long on a busy machine with few cores.
 *
 * While the file can't be written, for example on a full disk, entries wait in memory. They are written in their order
 * as soon as possible.
 */
export class Journal<Entry extends object = object> {
  readonly torn: TornLine | undefined;
  readonly #file: AppendedFile;
  readonly #backlog: Backlog;
  readonly #onEvent: (event: JournalEvent) => void;
  readonly #timer: Timer;
  #id: number;
  #lines = '';
  #entries = 0;
  #group: Promise<void> | undefined;
  #cancelRetry: (() => void) | undefined;
  #isClosing = false;
  #isClosed = false;

  private constructor(path: string, { size, id, torn }: Found, options: JournalOptions) {
    this.torn = torn;
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#timer = options.timer ?? timer;
    this.#backlog = new Backlog(options.mostWaiting ?? MOST_WAITING);
    this.#file = new AppendedFile(path, size, this.#onEvent);
    this.#id = id;
  }

  /**
   * Opens or creates the file at `path`. Ids continue after the last one in it. A torn last line is removed from the
   * file, so that every line stays readable, and kept in `torn` for the caller to journal.
   *
   * @throws when the file can't be read and written
   */
  static async open<Entry extends object>(
    path: string,
    options: JournalOptions = {},
  ): Promise<Journal<Entry>> {
    return new Journal<Entry>(path, await mendEnd(path), options);
  }

  get path(): string {
    return this.#file.path;
  }

  /** The id of the next entry. Ids are unique and rise over the whole file, restarts included. */
  nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  /** Checks that readers can find the entries. Returns the problem in words, or undefined. */
  check(): string | undefined {
    const { entries, error } = this.#backlog;
    if (entries > 0) return `${entries} entries wait until ${this.path} can be written: ${error}`;
    return this.#file.hasItsName() ? undefined : `${this.path} was deleted or replaced`;
  }

  /**
   * Resolves when the entry is in the file, or waits in memory for a file that can't be written.
   *
   * @throws when the journal is closed; or the error of the file system, such as ENOSPC, when too much waits already.
   * The entries of the same turn are then lost
   */
  append(entry: Entry): Promise<void> {
    if (this.#isClosed) return Promise.reject(new Error(`${this.path} is closed`));
    this.#entries += 1;
    this.#lines += `${JSON.stringify(entry)}\n`;
    this.#group ??= this.#writeGroup();
    return this.#group;
  }

  /**
   * The whole journal as the bytes of one JSON array, an entry a line. It is read in chunks, and ends with the entries
   * that wait in memory.
   *
   * @throws the error of the file system when the file can't be opened
   */
  toJsonArray(): Promise<Readable> {
    return readJsonArray(this.path, this.#backlog);
  }

  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    await this.#group?.catch(() => undefined);
    this.#cancelRetry?.();
    if (!this.#writeWaiting()) {
      const lines = this.#backlog.waiting.groups.map((group) => group.lines).join('');
      this.#onEvent({ what: 'unwritten', lines });
    }
    // Its events may have added entries.
    await this.#group?.catch(() => undefined);
    this.#isClosed = true;
    this.#file.close();
  }

  async #writeGroup(): Promise<void> {
    await setImmediate();
    const group = { lines: this.#lines, entries: this.#entries };
    this.#lines = '';
    this.#entries = 0;
    this.#group = undefined;
    if (!this.#backlog.isEmpty) return this.#backlog.add(group, this.#backlog.error);
    try {
      this.#file.append(group.lines);
    } catch (error) {
      this.#wait(group, error);
    }
  }

  /** Keeps the first group that could not be written, for a later attempt. */
  #wait(group: Group, error: unknown): void {
    this.#backlog.add(group, error);
    this.#onEvent({ what: 'waits', error });
    this.#tryLater();
  }

  #tryLater(): void {
    this.#cancelRetry = this.#timer(RETRY_MS, () => this.#writeWaiting() || this.#tryLater());
  }

  /** @returns whether nothing waits any more */
  #writeWaiting(): boolean {
    if (this.#backlog.isEmpty) return true;
    const cleared = this.#backlog.write((lines) => this.#file.append(lines));
    if (!cleared) return false;
    this.#onEvent({ what: 'resumed', ...cleared });
    return true;
  }
}
