import { fstatSync, ftruncateSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';

const NEWLINE = 0x0a;
const READ_BYTES = 64 * 1024;

/** What was found behind the last newline when a journal was opened: the end of a write that was cut off. */
export interface TornLine {
  readonly bytes: number;
  readonly text: string;
}

/**
 * An append-only JSON Lines file. One writer; any number of readers.
 *
 * Entries of one turn of the event loop share a write, so a busy server pays for one write a group and not one an
 * entry. The write is synchronous: it takes microseconds, and handing it to another thread and waiting for it
 * takes a busy machine of few cores a hundred times as long.
 */
export class Journal {
  readonly path: string;
  readonly torn: TornLine | undefined;
  readonly #file: FileHandle;
  #id: number;
  #lines = '';
  #group: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, found: { id: number; torn?: TornLine }) {
    this.path = path;
    this.torn = found.torn;
    this.#file = file;
    this.#id = found.id;
  }

  /**
   * Opens or creates the file at `path`. Ids go on after those in it. A torn last line is taken out of the
   * file, so that every line in it stays readable, and kept in `torn` for the caller to journal.
   *
   * @throws when the file can't be read and written
   */
  static async open(path: string): Promise<Journal> {
    const file = await open(path, 'a+');
    try {
      const { size } = await file.stat();
      const whole = await endOfLastLine(file, size);
      const id = await lastId(file, whole);
      if (whole === size) return new Journal(path, file, { id });
      const tail = Buffer.alloc(Math.min(size - whole, READ_BYTES));
      await file.read(tail, 0, tail.length, whole);
      await file.truncate(whole);
      return new Journal(path, file, { id, torn: { bytes: size - whole, text: tail.toString() } });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** The id of the next entry: unique and rising over the whole file, restarts included. */
  nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  /**
   * Resolves once the entry is in the file and readers see it.
   *
   * @throws what the file system says, such as ENOSPC; the group of the entry is then not in the file at all
   */
  append(entry: object): Promise<void> {
    this.#lines += `${JSON.stringify(entry)}\n`;
    this.#group ??= this.#writeGroup();
    return this.#group;
  }

  /**
   * The whole journal as the bytes of one JSON array, an entry a line, read piece by piece.
   *
   * @throws what the file system says when the file can't be opened
   */
  async toJsonArray(): Promise<Readable> {
    const file = await open(this.path, 'r');
    try {
      const size = await endOfLastLine(file, (await file.stat()).size);
      const array = Readable.from(jsonArray(file, size), { objectMode: false });
      // Not left to the generator: one that nobody began to read runs no `finally`.
      return array.once('close', () => file.close());
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#group?.catch(() => undefined);
    await this.#file.close();
  }

  async #writeGroup(): Promise<void> {
    await setImmediate();
    const bytes = Buffer.from(this.#lines);
    this.#lines = '';
    this.#group = undefined;
    let offset = 0;
    try {
      while (offset < bytes.length) offset += writeSync(this.#file.fd, bytes, offset);
    } catch (error) {
      if (offset > 0) ftruncateSync(this.#file.fd, fstatSync(this.#file.fd).size - offset);
      throw error;
    }
  }
}

async function* jsonArray(file: FileHandle, size: number): AsyncGenerator<Buffer> {
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
