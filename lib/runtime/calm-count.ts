import type { Timer } from './timer.ts';

/** Time between two reports, in ms. */
const REPORT_MS = 1_000;

/** Counts something that may happen ten thousand times a second, and reports the count once a second. */
export class CalmCount {
  readonly #timer: Timer;
  readonly #report: (times: number) => void;
  #times = 0;
  #cancel: (() => void) | undefined;

  constructor(timer: Timer, report: (times: number) => void) {
    this.#timer = timer;
    this.#report = report;
  }

  add(): void {
    this.#times += 1;
    this.#cancel ??= this.#timer(REPORT_MS, () => this.flush());
  }

  /** Reports the count now. */
  flush(): void {
    const times = this.#times;
    this.drop();
    if (times > 0) this.#report(times);
  }

  /** Forgets the count. */
  drop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#times = 0;
  }
}
