/** Seconds from one announcement to the next. */
const CALM = 4;

/** Decides what a screen reader is told: the newest sentence, politely and not too often. */
export class Announcer {
  readonly #say: (text: string) => void;
  #next: string | undefined;
  #last = Number.NEGATIVE_INFINITY;

  constructor(say: (text: string) => void) {
    this.#say = say;
  }

  /** Replaces what has not been said yet. */
  offer(text: string): void {
    this.#next = text;
  }

  /**
   * @param now seconds of any clock
   * @returns whether something was said
   */
  tick(now: number): boolean {
    if (this.#next === undefined || now - this.#last < CALM) return false;
    this.#say(this.#next);
    this.#next = undefined;
    this.#last = now;
    return true;
  }
}
