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
    const times = this.#times;
    this.drop();
    if (times > 0) this.#tell(times);
  }

  /** Forgets what was counted until now. */
  drop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#times = 0;
  }
}
