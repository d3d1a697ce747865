import { StringDecoder } from 'node:string_decoder';
import { LONGEST_LINE } from '#lib/live/remote.ts';

/** The end of a line that was cut. */
export const CUT = `… (cut after ${LONGEST_LINE} characters)`;

/** Makes lines of the bytes that a program prints, UTF-8. What a line has beyond the limit is dropped. */
export class Lines {
  readonly #decoder = new StringDecoder('utf8');
  #line = '';
  #isCut = false;

  /** The lines that end in these bytes. */
  *take(bytes: Buffer): Generator<string> {
    yield* this.#split(this.#decoder.write(bytes));
  }

  /** The last line, if no line end follows it. */
  *rest(): Generator<string> {
    yield* this.#split(this.#decoder.end());
    if (this.#line !== '') yield this.#end();
  }

  *#split(text: string): Generator<string> {
    const [first = '', ...others] = text.split('\n');
    this.#add(first);
    for (const next of others) {
      yield this.#end();
      this.#add(next);
    }
  }

  #add(text: string): void {
    const room = LONGEST_LINE - this.#line.length;
    this.#line += text.slice(0, room);
    this.#isCut ||= text.length > room;
  }

  #end(): string {
    const line = this.#isCut ? `${this.#line.replace(/[\ud800-\udbff]$/, '')}${CUT}` : this.#line;
    this.#line = '';
    this.#isCut = false;
    return line.replace(/\r$/, '');
  }
}
