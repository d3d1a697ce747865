/**
 * Which fault names a program knows.
 *
 * `faults` stand in the order in which a draw is laid over them; `rest` is what happens with the remaining
 * probability.
 */
export interface FaultNames<Fault extends string = string> {
  /** What one of them is called: `outcome` or `fault`. */
  readonly noun: string;
  readonly faults: readonly Fault[];
  readonly rest: Fault;
}

/** Probabilities by fault, each from 0 to 1, together at most 1. */
export type FaultProfile<Fault extends string = string> = ReadonlyMap<Fault, number>;

export type ParsedProfile<Fault extends string> =
  | { readonly profile: FaultProfile<Fault>; readonly problems: readonly [] }
  | { readonly profile: undefined; readonly problems: readonly string[] };

/** What a sum of decimal fractions may exceed 1 by and still mean 1: 0.33 + 0.56 + 0.11 does. */
const ROUNDING = 1e-9;

/**
 * Reads `timeout=0.2,403=0.2`; `none` is the profile without faults.
 *
 * Every problem of the text is reported, not the first alone, each with what was written and what is allowed.
 */
export function parseProfile<Fault extends string>(
  text: string,
  { faults }: FaultNames<Fault>,
): ParsedProfile<Fault> {
  const profile = new Map<Fault, number>();
  if (text.trim() === 'none') return { profile, problems: [] };

  const problems: string[] = [];
  for (const term of text.split(',')) {
    const [name = '', value = '', ...more] = term.split('=').map((part) => part.trim());
    const fault = faults.find((known) => known === name);
    const probability = value === '' || more.length > 0 ? Number.NaN : Number(value);
    if (fault === undefined) {
      problems.push(`"${term.trim()}" names no fault; allowed: ${faults.join(', ')}, or none alone`);
    } else if (profile.has(fault)) {
      problems.push(`"${term.trim()}" names ${name} a second time; allowed: each fault once`);
    }
    if (!(probability >= 0 && probability <= 1)) {
      problems.push(`"${term.trim()}" has no probability; allowed: name=p with p from 0 to 1`);
    }
    if (fault !== undefined && !profile.has(fault)) profile.set(fault, probability);
  }
  const sum = profile.values().reduce((total, probability) => total + probability, 0);
  if (sum > 1 + ROUNDING) problems.push(`the probabilities add up to ${round(sum)}; allowed: at most 1`);
  return problems.length > 0 ? { profile: undefined, problems } : { profile, problems: [] };
}

/** The text that `parseProfile` reads back as this profile. */
export function formatProfile(profile: FaultProfile): string {
  if (profile.size === 0) return 'none';
  return Array.from(profile, ([fault, probability]) => `${fault}=${probability}`).join(',');
}

/** The probability of every fault that a profile can lead to, the rest included, in the order of the names. */
export function probabilities<Fault extends string>(
  profile: FaultProfile<Fault>,
  { faults, rest }: FaultNames<Fault>,
): Map<Fault, number> {
  const all = new Map(faults.map((fault) => [fault, profile.get(fault) ?? 0]));
  const sum = all.values().reduce((total, probability) => total + probability, 0);
  return all.set(rest, round(Math.max(0, 1 - sum)));
}

/** Lays a number in [0, 1) over the profile. */
export function pick<Fault extends string>(
  profile: FaultProfile<Fault>,
  { faults, rest }: FaultNames<Fault>,
  number: number,
): Fault {
  let upper = 0;
  for (const fault of faults) {
    upper += profile.get(fault) ?? 0;
    if (number < upper) return fault;
  }
  return rest;
}

function round(value: number): number {
  return Number(value.toFixed(9));
}
