import { readWireEntries, wireTimeOf } from '#lib/journal/wire-entries.ts';
import type { WireEvent } from '#lib/journal/wire-schema.ts';

/** The conditions of the wire, from one change to the next. Without a wire there are none. */
type Change = Partial<Pick<Extract<WireEvent, { event: 'wire' }>, 'set'>> & {
  /** Seconds since 1970. */
  readonly from: number;
};

/** Conditions that a sheet wants, by their names. */
export type WantedConditions = Readonly<Record<string, string | number>>;

/** A condition that is not set. */
const NONE = 'none';
const DOWN = 'down_';

/** Which conditions the wire had when, by wire.log. */
export class Conditions {
  readonly #changes: readonly Change[];

  /** @param changes the earliest first */
  constructor(changes: readonly Change[]) {
    this.#changes = changes;
  }

  static async read(folder: string): Promise<Conditions> {
    const changes: Change[] = [];
    for await (const entry of readWireEntries(folder)) {
      if (!('event' in entry)) continue;
      if (entry.event === 'wire') changes.push({ from: wireTimeOf(entry), set: entry.set });
      if (entry.event === 'end') changes.push({ from: wireTimeOf(entry) });
    }
    return new Conditions(changes);
  }

  /** Whether all of these were in force at this time, in seconds since 1970. */
  had(wanted: WantedConditions, time: number): boolean {
    const { up = {}, down = {} } = this.#changes.findLast(({ from }) => from <= time)?.set ?? {};
    return Object.entries(wanted).every(([name, value]) => {
      const set = name.startsWith(DOWN) ? down[name.slice(DOWN.length)] : up[name];
      return (set ?? NONE) === String(value);
    });
  }
}
