import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Gap, RECORD, type Run, type RunDefaults, runIn } from '#lib/journal/run.ts';

/** What has happened to the record since the last look. `other`: it is that of another run, or of other addresses. */
export type RecordChange = 'none' | 'grown' | 'other';

type Starts = Run['starts'];

/** The record of a run while it grows. The lists of `run` grow with it. */
export class RunRecord {
  readonly #path: string;
  readonly #defaults: RunDefaults;
  #stamp = '';
  #first = '';
  readonly #starts: Starts[number][] = [];
  readonly #gaps: Gap[] = [];
  /** Gaps that no record has. */
  readonly #own: Gap[] = [];
  run: Run;

  constructor(folder: string, defaults: RunDefaults) {
    this.#path = join(folder, RECORD);
    this.#defaults = defaults;
    this.run = { ...runIn('', defaults), starts: this.#starts, gaps: this.#gaps };
  }

  async open(): Promise<void> {
    const text = await this.#changed();
    if (text !== undefined) this.#take(runIn(text, this.#defaults));
  }

  /** Further starts of programs are at the end of the list. */
  async poll(): Promise<RecordChange> {
    const first = this.#first;
    const text = await this.#changed();
    if (text === undefined) return 'none';
    const run = runIn(text, this.#defaults);
    if ((first !== '' && first !== this.#first) || placeOf(run) !== placeOf(this.run)) return 'other';
    this.#take(run);
    return 'grown';
  }

  /** A capture lacks packets, because this program could not read them fast enough. */
  addGap(gap: Gap): void {
    this.#own.push(gap);
    this.#gaps.push(gap);
  }

  /** The text of the record, if it has changed. */
  async #changed(): Promise<string | undefined> {
    const found = await stat(this.#path).catch(() => undefined);
    const stamp = found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
    // For a moment there is no record when a run begins, or when somebody has deleted it.
    if (stamp === this.#stamp || stamp === '') return undefined;
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const [first = ''] = text.split('\n');
    if (first === '') return undefined;
    this.#stamp = stamp;
    this.#first = first;
    return text;
  }

  #take({ starts, gaps = [], ...run }: Run): void {
    this.run = { ...run, starts: this.#starts, gaps: this.#gaps };
    this.#starts.push(...starts.slice(this.#starts.length));
    this.#gaps.splice(0, this.#gaps.length, ...gaps, ...this.#own);
  }
}

function placeOf({ addresses, ports }: Run): string {
  return JSON.stringify([addresses, ports]);
}
