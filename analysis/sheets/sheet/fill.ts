import type { Drawn } from './draws.ts';
import { SheetError } from './sheet-error.ts';

/** A place `{{name}}`. */
export const PLACE = /\{\{([^{}]*)\}\}/g;

/**
 * Puts values in the places `{{name}}` of a text.
 *
 * @throws SheetError for a name that has no value
 */
export function fill(text: string, values: Drawn): string {
  return text.replaceAll(PLACE, (_, inside: string) => {
    const name = inside.trim();
    if (Object.hasOwn(values, name)) return String(values[name]);
    throw new SheetError(`{{${inside}}} has no value; allowed: ${Object.keys(values).join(', ')}`);
  });
}

/** Puts values in all texts of a value that came from JSON, names of fields included. */
export function fillAll<Value>(value: Value, values: Drawn): Value {
  if (typeof value === 'string') return fill(value, values) as Value;
  if (Array.isArray(value)) return value.map((one) => fillAll(one, values)) as Value;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [fill(name, values), fillAll(one, values)]),
  ) as Value;
}
