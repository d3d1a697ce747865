import { StringDecoder } from 'node:string_decoder';
import { GrowingFile, ShortenedError } from './growing-file.ts';

/** The most chunks that are read at once. */
const AT_ONCE = 16;

/** The lines of a journal that grows. It may be created later, and a deleted one begins again. */
export class GrowingLines {
  readonly #path: string;
  #file: GrowingFile | undefined;
  #decoder = new StringDecoder();
  #rest = '';
  /** Whether everything that the file had at the last look was read. */
  isAtEnd = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** The whole lines since the last look. */
  async poll(): Promise<readonly string[]> {
    this.isAtEnd = true;
    this.#file ??= await GrowingFile.open(this.#path);
    if (!this.#file) return [];
    const text = await this.#read(this.#file);
    if (text === '' && (await this.#file.isNameless())) await this.close();
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
    try {
      for (let count = 0; count < AT_ONCE; count += 1) {
        const bytes = await file.read();
        if (bytes.length === 0) return text;
        text += this.#decoder.write(bytes);
      }
      this.isAtEnd = false;
    } catch (error) {
      if (!(error instanceof ShortenedError)) throw error;
      // Its program goes on at the new end.
      await file.moveToEnd();
      this.#rest = '';
    }
    return text;
  }
}
