import type { Timer } from '#lib/runtime/timer.ts';

/** A timer is up to a millisecond late, so the last millisecond passes in turns of the event loop. */
const TURNS_MS = 1;

/** Calls a function again and again, each time when it has asked for it. */
export class Pace {
  readonly #act: (now: number) => number | undefined;
  readonly #clock: () => number;
  readonly #timer: Timer;
  #due: number | undefined;
  #cancel: (() => void) | undefined;
  #isTurning = false;

  /** @param act does what is due at `now`, and returns when it wants to be called next; both in ms */
  constructor(act: (now: number) => number | undefined, clock: () => number, timer: Timer) {
    this.#act = act;
    this.#clock = clock;
    this.#timer = timer;
  }

  /** Acts now, because something has changed. */
  act(): void {
    this.#due = this.#act(this.#clock());
    this.#await();
  }

  stop(): void {
    this.#due = undefined;
    this.#cancel?.();
  }

  #await(): void {
    if (this.#due === undefined || this.#isTurning) return;
    this.#cancel?.();
    this.#cancel = undefined;
    const left = this.#due - this.#clock();
    if (left <= TURNS_MS) this.#turn();
    else this.#cancel = this.#timer(Math.max(1, Math.floor(left) - TURNS_MS), () => this.#await());
  }

  #turn(): void {
    this.#isTurning = true;
    setImmediate(() => {
      this.#isTurning = false;
      if (this.#due === undefined) return;
      if (this.#clock() >= this.#due) this.act();
      else this.#await();
    });
  }
}
