import { createLimit, type Limit, type LimitParts } from '#lib/journal/limit.ts';

/** What all clients may hold at once, and what one of them may. */
export interface Bound {
  readonly all: Limit;
  readonly each: Limit;
}

export interface ToldBound extends Bound {
  /** Says what was not said yet. */
  close(): void;
}

/** A bound by two settings, `NAME` and `NAME_PER_CLIENT`, that says in the log and in the journal what it refuses. */
export function createBound<Name extends string>(
  name: Name,
  settings: Readonly<Record<Name | `${Name}_PER_CLIENT`, number>>,
  parts: LimitParts,
): ToldBound {
  const all = createLimit(name, settings[name], parts);
  const each = createLimit(`${name}_PER_CLIENT`, settings[`${name}_PER_CLIENT`], parts);
  return {
    all,
    each,
    close() {
      all.close();
      each.close();
    },
  };
}
