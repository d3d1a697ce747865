import type { Log } from './log.ts';

/** How long what is said may wait for more, in ms. */
const GATHER_MS = 10;

/**
 * Prints what is said, texts of whole lines, in its order and together with what is said shortly after: a busy
 * server pays for one pass through the log a group and not one a message.
 */
export class GroupedLog {
  readonly #log: Log;
  #said: string[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  readonly say = (text: string): void => {
    if (this.#said.length === 0) setTimeout(() => this.flush(), GATHER_MS);
    this.#said.push(text);
  };

  /** Prints what was said until now. */
  flush(): void {
    if (this.#said.length === 0) return;
    this.#log.info(this.#said.join('\n'));
    this.#said = [];
  }
}

export type Say = GroupedLog['say'];
