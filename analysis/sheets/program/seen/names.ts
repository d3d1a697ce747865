import type { Decision } from '#lib/journal/schema.ts';

/** The fault or the outcome of a decision. */
export function nameOf(entry: Decision): string {
  return 'outcome' in entry ? entry.outcome : entry.fault;
}
