import { type FileHandle, open, stat } from 'node:fs/promises';

const CHUNK = 256 * 1024;
const NOTHING = Buffer.alloc(0);

/** A file has become shorter than what was read of it. */
export class ShortenedError extends Error {
  readonly code = 'LAB_SHORTENED';
}

/** A file that others extend at its end, whatever becomes of its name. */
export class GrowingFile {
  readonly #file: FileHandle;
  #at = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Undefined when there is no such file. */
  static async open(path: string): Promise<GrowingFile | undefined> {
    const file = await open(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    return file && new GrowingFile(file);
  }

  /**
   * The next bytes; none when the file has no more at present.
   *
   * @throws ShortenedError
   */
  async read(): Promise<Buffer> {
    const { size } = await this.#file.stat();
    if (size < this.#at) throw new ShortenedError(`the file was cut from ${this.#at} to ${size} bytes`);
    if (size === this.#at) return NOTHING;
    const bytes = Buffer.allocUnsafe(Math.min(CHUNK, size - this.#at));
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, this.#at);
    this.#at += bytesRead;
    return bytes.subarray(0, bytesRead);
  }

  /** Goes on at an offset. */
  moveTo(at: number): void {
    this.#at = at;
  }

  /** Goes on at the end. */
  async moveToEnd(): Promise<void> {
    this.#at = (await this.#file.stat()).size;
  }

  /** Whether it is the file that has this name now. */
  async is(path: string): Promise<boolean> {
    const named = await stat(path).catch(() => undefined);
    const { dev, ino } = await this.#file.stat();
    return named?.dev === dev && named.ino === ino;
  }

  /** Whether it has no name any more. */
  async isNameless(): Promise<boolean> {
    return (await this.#file.stat()).nlink === 0;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}
