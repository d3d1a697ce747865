import type { Timer } from './timer.ts';

/** How often it is told, in ms. */
const TELL_MS = 1_000;

/** Counts what may happen ten thousand times a second, and tells how often it did once a second. */
export class CalmCount {
  readonly #timer: Timer;
  readonly #tell: (times: number) => void;
  #times = 0;
  #cancel: (() => void) | undefined;

  constructor(timer: Timer, tell: (times: number) => void) {
    this.#timer = timer;
    this.#tell = tell;
  }

  add(): void {
    this.#times += 1;
    this.#cancel ??= this.#timer(TELL_MS, () => this.flush());
  }

  /** Tells what was counted until now. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    if (this.#times === 0) return;
    const times = this.#times;
    this.#times = 0;
    this.#tell(times);
  }
}
