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

/** What others did to a file between two writes. */
export type FileEvent =
  /** Another program has shortened it. */
  | { readonly what: 'cut'; readonly bytes: number }
  /** It was deleted or replaced, with that much in it; the journal goes on in what has its name now, or in a new one. */
  | { readonly what: 'replaced'; readonly bytes: number };

/** A file of lines that is written at its end, whatever other programs do to it. */
export class AppendedFile {
  readonly path: string;
  readonly #onEvent: (event: FileEvent) => void;
  #file: number;
  #size: number;

  /** @param size how much is known to be in it */
  constructor(path: string, size: number, onEvent: (event: FileEvent) => void) {
    this.path = path;
    this.#onEvent = onEvent;
    this.#file = openSync(path, 'a+');
    this.#size = size;
  }

  /** Writes lines, or nothing: what was written of them is taken back before it throws what the file system says. */
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

  /** Whether what is written is found by the name of the file. */
  hasItsName(): boolean {
    try {
      this.#followName();
    } catch {
      // It has no name, as is said below.
    }
    const named = statSync(this.path, { throwIfNoEntry: false });
    const { dev, ino } = fstatSync(this.#file);
    return named?.dev === dev && named.ino === ino;
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Goes on in what has the name now, or in a new file, when the one that is open has no name any more. */
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

  /** Whether what another program left in the file ends with a whole line. */
  #endsWithLine(size: number): boolean {
    const last = Buffer.alloc(1, NEWLINE);
    if (size > 0) readSync(this.#file, last, 0, 1, size - 1);
    return last[0] === NEWLINE;
  }
}
