/** A limit of what may be there at once. */
export class Places {
  readonly most: number;
  #taken = 0;

  constructor(most: number) {
    this.most = most;
  }

  /** Takes a place until the function that it returns is called; undefined when there is none. */
  take(): (() => void) | undefined {
    if (this.#taken >= this.most) return undefined;
    this.#taken += 1;
    let isLeft = false;
    return () => {
      this.#taken -= isLeft ? 0 : 1;
      isLeft = true;
    };
  }
}
