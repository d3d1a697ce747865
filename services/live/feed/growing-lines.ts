import { StringDecoder } from 'node:string_decoder';
import { GrowingFile, ShortenedError } from './growing-file.ts';

/** The most chunks that are read at once. */
const AT_ONCE = 16;
/** How many looks without new lines there are between two looks at the file itself. */
const QUIET = 10;

/** The lines of a journal that grows. It may be created later, and a deleted one begins again. */
export class GrowingLines {
  readonly #path: string;
  #file: GrowingFile | undefined;
  #decoder = new StringDecoder();
  #rest = '';
  #quiet = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** The whole lines since the last look. */
  async poll(): Promise<readonly string[]> {
    this.#file ??= await GrowingFile.open(this.#path);
    if (!this.#file) return [];
    const text = await this.#read(this.#file);
    this.#quiet = text === '' ? this.#quiet + 1 : 0;
    if (this.#quiet === QUIET) await this.#check(this.#file);
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    return lines;
  }

  /** Begins again at the next look. */
  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
    this.#decoder = new StringDecoder();
    this.#rest = '';
  }

  async #read(file: GrowingFile): Promise<string> {
    let text = '';
    for (let count = 0; count < AT_ONCE; count += 1) {
      const bytes = await file.read();
      if (bytes.length === 0) break;
      text += this.#decoder.write(bytes);
    }
    return text;
  }

  async #check(file: GrowingFile): Promise<void> {
    this.#quiet = 0;
    if (await file.isNameless()) return this.close();
    try {
      await file.mustBeWhole();
    } catch (error) {
      if (!(error instanceof ShortenedError)) throw error;
      // Its program goes on at the new end.
      await file.moveToEnd();
      this.#rest = '';
    }
  }
}
