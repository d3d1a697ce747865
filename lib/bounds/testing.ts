import type { Bound } from './bound.ts';

/**
 * A bound for all clients and for each, by the settings `name` and `name_PER_CLIENT`. Without `each`, the limit for all
 * is reached first.
 */
export function boundOf(
  name: string,
  all: number,
  each = all + 1,
  exceeded: (setting: string) => void = () => undefined,
): Bound {
  const limit = (setting: string, allowed: number) => ({
    setting,
    allowed,
    exceeded: () => exceeded(setting),
  });
  return { all: limit(name, all), each: limit(`${name}_PER_CLIENT`, each) };
}
