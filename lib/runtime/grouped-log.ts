import type { Log } from './log.ts';

/** How long a line may wait for more lines, in ms. */
const GATHER_MS = 10;

/**
 * Prints lines in their order, and several at once when they follow each other within a few milliseconds. So a busy
 * server goes through the log once for a group of messages, not for each.
 */
export class GroupedLog {
  readonly #log: Log;
  #lines: string[] = [];

  constructor(log: Log) {
    this.#log = log;
  }

  readonly say = (text: string): void => {
    if (this.#lines.length === 0) setTimeout(() => this.flush(), GATHER_MS);
    this.#lines.push(text);
  };

  /** Prints the waiting lines now. */
  flush(): void {
    if (this.#lines.length === 0) return;
    this.#log.info(this.#lines.join('\n'));
    this.#lines = [];
  }
}

export type Say = GroupedLog['say'];
