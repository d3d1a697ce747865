import * as v from 'valibot';
import { Refusal } from '#lib/live/refusal.ts';
import type { FilterCheck } from '../contract.ts';
import type { Asker } from './shares.ts';
import { countingIn, isCounting } from './wireshark/counting.ts';
import type { Pool } from './wireshark/pool.ts';
import { SharkdRefusal } from './wireshark/sharkd.ts';

/** Characters of a display filter. */
const LONGEST = 500;
/** Completions that a person can look through. */
const MOST_COMPLETIONS = 20;
/** Valid filters that are remembered. */
const MOST_KNOWN = 100;

const completedSchema = v.object({
  field: v.optional(v.array(v.object({ f: v.string(), n: v.optional(v.string(), '') })), []),
});

/** Checks display filters by Wireshark itself. */
export class Filters<Loaded> {
  readonly #pool: Pool<Loaded>;
  readonly #known = new Set<string>();

  constructor(pool: Pool<Loaded>) {
    this.#pool = pool;
  }

  /** What a person who types a filter wants to know. */
  async check(filter: string, asker?: Asker): Promise<FilterCheck> {
    const problem = filter.trim() === '' ? undefined : await this.#problemOf(filter, asker);
    const [begun] = /(?<![\w.\]"'])[a-z_][\w.]*$/i.exec(filter) ?? [];
    return {
      ...(problem !== undefined && { problem }),
      completions:
        begun === undefined || filter.length > LONGEST ? [] : await this.#completions(begun, asker),
    };
  }

  /** @throws Refusal when it is no display filter */
  async mustBeValid(filter: string, asker?: Asker): Promise<void> {
    if (this.#known.has(filter)) return;
    const problem = await this.#problemOf(filter, asker);
    if (problem !== undefined) throw new Refusal(400, `filter is "${filter}"; ${problem}`);
    this.#known.add(filter);
    const [oldest] = this.#known;
    if (this.#known.size > MOST_KNOWN && oldest !== undefined) this.#known.delete(oldest);
  }

  async #problemOf(filter: string, asker?: Asker): Promise<string | undefined> {
    if (filter.length > LONGEST) return `allowed: up to ${LONGEST} characters`;
    try {
      await this.#pool.use((sharkd) => sharkd.ask('check', { filter }), { asker });
      return countingIn(filter);
    } catch (error) {
      if (!(error instanceof SharkdRefusal)) throw error;
      return error.message.replace(/^Filter invalid - /, '');
    }
  }

  async #completions(field: string, asker?: Asker): Promise<FilterCheck['completions']> {
    const { field: found } = v.parse(
      completedSchema,
      await this.#pool.use((sharkd) => sharkd.ask('complete', { field }), { asker }),
    );
    return found
      .filter(({ f }) => f.startsWith(field) && !isCounting(f))
      .sort((one, other) => (one.f < other.f ? -1 : 1))
      .slice(0, MOST_COMPLETIONS)
      .map(({ f, n }) => ({ field: f, name: n }));
  }
}
