import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { NEWLINE } from './end-of-file.ts';

/** What other programs did to a file between two writes. */
export type FileEvent =
  /** Another program shortened the file by this number of bytes. */
  | { readonly what: 'cut'; readonly bytes: number }
  /**
   * Somebody deleted or replaced the file, which had this number of bytes. The journal continues in the new file of
   * that name.
   */
  | { readonly what: 'replaced'; readonly bytes: number };

/** A file of lines that grows at its end, whatever other programs do to it. */
export class AppendedFile {
  readonly path: string;
  readonly #onEvent: (event: FileEvent) => void;
  #file: number;
  #size: number;

  /** @param size the known size of the file, in bytes */
  constructor(path: string, size: number, onEvent: (event: FileEvent) => void) {
    this.path = path;
    this.#onEvent = onEvent;
    this.#file = openSync(path, 'a+');
    this.#size = size;
  }

  /** Writes all of the lines or none: after an error it removes the part that was written, and throws the error. */
  append(lines: string): void {
    const { size } = this.#followName();
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

  /** Whether somebody who opens the file by its name gets the lines that are written here. */
  hasItsName(): boolean {
    try {
      this.#followName();
    } catch {
      // The file has no name any more, so the comparison below fails.
    }
    const named = statSync(this.path, { throwIfNoEntry: false });
    const { dev, ino } = fstatSync(this.#file);
    return named?.dev === dev && named.ino === ino;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** When the open file has no name any more, continues in the file that has the name now, or in a new one. */
  #followName(): Stats {
    const stats = fstatSync(this.#file);
    if (stats.nlink > 0) return stats;
    const other = openSync(this.path, 'a+');
    closeSync(this.#file);
    this.#file = other;
    const bytes = this.#size;
    this.#size = 0;
    this.#onEvent({ what: 'replaced', bytes });
    return fstatSync(other);
  }

  /** Whether the file ends with a whole line, after another program changed it. */
  #endsWithLine(size: number): boolean {
    const last = Buffer.alloc(1, NEWLINE);
    if (size > 0) readSync(this.#file, last, 0, 1, size - 1);
    return last[0] === NEWLINE;
  }
}
