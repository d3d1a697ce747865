/** Entries that are written together. */
export interface Group {
  readonly lines: string;
  readonly entries: number;
}

/** The groups that were waiting when a reader opened the journal: the first `count`. */
export interface Waiting {
  readonly groups: readonly Group[];
  readonly count: number;
}

/** How many entries were written and refused after the file could not be written for a while. */
export interface Cleared {
  readonly entries: number;
  readonly refused: number;
}

/** Groups that wait, in their order, until a file can be written. It holds at most `most` characters. */
export class Backlog {
  readonly #most: number;
  /** Readers share this array. Groups are only added to it; writing some of them replaces it. */
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

  /** Why the last attempt to write the file failed. */
  get error(): unknown {
    return this.#error;
  }

  /** @throws the given error when too much waits already */
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

  /** Writes the waiting groups until one fails. Returns the counts once nothing waits any more. */
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
