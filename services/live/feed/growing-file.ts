import { constants, type FileHandle, open, stat } from 'node:fs/promises';

const CHUNK = 64 * 1024;

/** A file has become shorter than what was read of it. */
export class ShortenedError extends Error {
  readonly code = 'LAB_SHORTENED';
}

/** A file that others extend at its end, whatever becomes of its name. */
export class GrowingFile {
  readonly #file: FileHandle;
  readonly #chunk = Buffer.allocUnsafeSlow(CHUNK);
  #at = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Undefined when there is no such file. @throws when it is no regular file, such as a pipe, on which others would wait */
  static async open(path: string): Promise<GrowingFile | undefined> {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const file = await open(path, flags).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
      return undefined;
    });
    if (!file || (await file.stat()).isFile()) return file && new GrowingFile(file);
    await file.close();
    throw new Error(`${path} is no regular file`);
  }

  /** The next bytes; none when the file has no more at present. They are valid until the next call. */
  async read(): Promise<Buffer> {
    const { bytesRead } = await this.#file.read(this.#chunk, 0, CHUNK, this.#at);
    this.#at += bytesRead;
    return this.#chunk.subarray(0, bytesRead);
  }

  /** @throws ShortenedError when it has fewer bytes than were read */
  async mustBeWhole(): Promise<void> {
    const { size } = await this.#file.stat();
    if (size < this.#at) throw new ShortenedError(`it was cut from ${this.#at} to ${size} bytes`);
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
