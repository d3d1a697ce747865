/** Calls everything that is drawn once for each frame of the screen. */
export class Frames {
  readonly #drawers: ((seconds: number, now: number) => void)[] = [];
  #last: number | undefined;

  /** @param drawer gets the seconds since the frame before, and the time in seconds by any clock */
  add(drawer: (seconds: number, now: number) => void): void {
    this.#drawers.push(drawer);
  }

  start(): void {
    const frame = (time: number) => {
      const now = time / 1000;
      // A page that was in the background goes on where it was.
      const seconds = Math.min(0.25, now - (this.#last ?? now));
      this.#last = now;
      for (const draw of this.#drawers) draw(seconds, now);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }
}
