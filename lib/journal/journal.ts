import type { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { type Timer, timer } from '#lib/runtime/timer.ts';
import { AppendedFile, type FileEvent } from './appended-file.ts';
import { Backlog, type Cleared, type Group } from './backlog.ts';
import { type Found, mendEnd, type TornLine } from './end-of-file.ts';
import { readJsonArray } from './json-array.ts';

const RETRY_MS = 1_000;
/** Some 100,000 entries. */
const MOST_WAITING = 16 * 2 ** 20;

/** What happened to the file of a journal. */
export type JournalEvent =
  | FileEvent
  /** It can't be written: entries wait in memory. */
  | { readonly what: 'waits'; readonly error: unknown }
  /** All of these entries are written now, but for those that were refused as too many waited. */
  | ({ readonly what: 'goes-on' } & Cleared)
  /** These lines still wait, and the journal is closed. */
  | { readonly what: 'unwritten'; readonly lines: string };

export interface JournalOptions {
  readonly onEvent?: (event: JournalEvent) => void;
  /** By which what could not be written is tried again. */
  readonly timer?: Timer;
  /** Of entries that wait, in characters. */
  readonly mostWaiting?: number;
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
   * Opens or creates the file at `path`. Ids go on after those in it. A torn last line is taken out of the
   * file, so that every line in it stays readable, and kept in `torn` for the caller to journal.
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

  /** The id of the next entry: unique and rising over the whole file, restarts included. */
  nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  /** Looks whether entries are where they are looked for. Says why they are not, in words. */
  check(): string | undefined {
    const { entries, error } = this.#backlog;
    if (entries > 0) return `${entries} entries wait until ${this.path} can be written: ${error}`;
    return this.#file.hasItsName() ? undefined : `${this.path} was deleted or replaced`;
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
    // Its events may have been journaled.
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

  /** Keeps the first group that could not be written. It is tried again later. */
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
    this.#onEvent({ what: 'goes-on', ...cleared });
    return true;
  }
}
