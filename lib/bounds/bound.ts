import { createLimit, type Limit, type LimitParts } from '#lib/journal/limit.ts';

/** How much all clients together may hold at once, and how much each of them. */
export interface Bound {
  readonly all: Limit;
  readonly each: Limit;
}

export interface ReportingBound extends Bound {
  /** Reports what is not reported yet. */
  close(): void;
}

/** A bound by two settings, `NAME` and `NAME_PER_CLIENT`. It reports refusals to the log and the journal. */
export function createBound<Name extends string>(
  name: Name,
  settings: Readonly<Record<Name | `${Name}_PER_CLIENT`, number>>,
  parts: LimitParts,
): ReportingBound {
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
