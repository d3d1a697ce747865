/** What a reader has chosen, kept in this browser where it allows that. */
export class Preferences {
  readonly #prefix = 'wirelab.';

  get(name: string): string | undefined {
    try {
      return localStorage.getItem(this.#prefix + name) ?? undefined;
    } catch {
      return undefined;
    }
  }

  set(name: string, value: string): void {
    try {
      localStorage.setItem(this.#prefix + name, value);
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
  }
}
