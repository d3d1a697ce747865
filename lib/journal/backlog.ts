/** Entries that are written together. */
export interface Group {
  readonly lines: string;
  readonly entries: number;
}

/** Groups that wait, up to a count: those that were there when a reader came. */
export interface Waiting {
  readonly groups: readonly Group[];
  readonly count: number;
}

/** What became of the entries that came while the file could not be written. */
export interface Cleared {
  readonly entries: number;
  readonly refused: number;
}

/** Groups that wait in their order for a file to be written, up to so many characters. */
export class Backlog {
  readonly #most: number;
  /** Readers share it: groups are added to it, and it is replaced when some are written. */
  #groups: Group[] = [];
  #entries = 0;
  #length = 0;
  #written = 0;
  #refused = 0;
  #error: unknown;

  constructor(most: number) {
    this.#most = most;
  }

  get waiting(): Waiting {
    return { groups: this.#groups, count: this.#groups.length };
  }

  get isEmpty(): boolean {
    return this.#groups.length === 0;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Why the file could not be written when it was last tried. */
  get error(): unknown {
    return this.#error;
  }

  /** @throws the error when too many wait already */
  add(group: Group, error: unknown): void {
    if (this.#length + group.lines.length > this.#most) {
      this.#refused += group.entries;
      throw error;
    }
    this.#error = error;
    this.#entries += group.entries;
    this.#length += group.lines.length;
    this.#groups.push(group);
  }

  /** Writes what waits until that fails. Returns what became of it once nothing waits any more. */
  write(append: (lines: string) => void): Cleared | undefined {
    const waited = this.#groups;
    let count = 0;
    try {
      for (const { lines } of waited) {
        append(lines);
        count += 1;
      }
    } catch (error) {
      this.#error = error;
    }
    this.#groups = waited.slice(count);
    for (const { lines, entries } of waited.slice(0, count)) {
      this.#length -= lines.length;
      this.#entries -= entries;
      this.#written += entries;
    }
    if (this.#groups.length > 0) return undefined;
    const cleared = { entries: this.#written, refused: this.#refused };
    this.#written = 0;
    this.#refused = 0;
    return cleared;
  }
}
