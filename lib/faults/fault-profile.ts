/**
 * The fault names that a program knows.
 *
 * The order of `faults` matters: `pick` compares a draw with their probabilities one after another. `rest` is what
 * happens with the remaining probability.
 */
export interface FaultNames<Fault extends string = string> {
  /** What one of them is called: `outcome` or `fault`. */
  readonly noun: string;
  readonly faults: readonly Fault[];
  readonly rest: Fault;
}

/** Probabilities by fault, each from 0 to 1 and together at most 1; or a script of faults that is repeated for ever. */
export type FaultProfile<Fault extends string = string> =
  | { readonly kind: 'probabilities'; readonly of: ReadonlyMap<Fault, number> }
  | { readonly kind: 'script'; readonly steps: readonly Fault[] };

export type ParsedProfile<Fault extends string> =
  | { readonly profile: FaultProfile<Fault>; readonly problems: readonly [] }
  | { readonly profile: undefined; readonly problems: readonly string[] };

/** A sum of decimal fractions may exceed 1 by this much and still mean 1, as 0.33 + 0.56 + 0.11 does. */
const ROUNDING = 1e-9;

const SCRIPT = 'script:';
/** The fault profile without faults. In a script it is another name of the rest. */
const NONE = 'none';

/**
 * Reads `timeout=0.2,403=0.2`, `script:timeout,403,none`, or `none` for no faults.
 *
 * Reports every problem of the text, each with what was written and what is allowed.
 */
export function parseProfile<Fault extends string>(
  text: string,
  names: FaultNames<Fault>,
): ParsedProfile<Fault> {
  const trimmed = text.trim();
  if (trimmed === NONE) return { profile: { kind: 'probabilities', of: new Map() }, problems: [] };
  return trimmed.startsWith(SCRIPT)
    ? parseScript(trimmed.slice(SCRIPT.length), names)
    : parseProbabilities(text, names);
}

function parseScript<Fault extends string>(
  text: string,
  { noun, faults, rest }: FaultNames<Fault>,
): ParsedProfile<Fault> {
  const known: readonly Fault[] = [...faults, rest];
  const steps: Fault[] = [];
  const problems: string[] = [];
  for (const name of text.split(',').map((step) => step.trim())) {
    const step = name === NONE ? rest : known.find((fault) => fault === name);
    if (step !== undefined) steps.push(step);
    else {
      const what = name === '' ? 'the script has an empty step' : `"${name}" in the script is no ${noun}`;
      problems.push(`${what}; allowed: ${[...new Set([...known, NONE])].join(', ')}`);
    }
  }
  return parsed({ kind: 'script', steps }, problems);
}

function parseProbabilities<Fault extends string>(
  text: string,
  { noun, faults }: FaultNames<Fault>,
): ParsedProfile<Fault> {
  const of = new Map<Fault, number>();
  const problems: string[] = [];
  for (const term of text.split(',').map((part) => part.trim())) {
    const [name = '', value = '', ...more] = term.split('=').map((part) => part.trim());
    const fault = faults.find((known) => known === name);
    const probability = value === '' || more.length > 0 ? Number.NaN : Number(value);
    if (fault === undefined) {
      problems.push(`"${term}" names no ${noun}; allowed: ${faults.join(', ')}, or none alone`);
    } else if (of.has(fault)) {
      problems.push(`"${term}" names ${name} a second time; allowed: each ${noun} once`);
    } else if (!(probability >= 0 && probability <= 1)) {
      problems.push(
        `"${term}" has no valid probability; allowed: name=p with p from 0 to 1, separated by commas`,
      );
    }
    if (fault !== undefined && !of.has(fault)) of.set(fault, probability);
  }
  problems.push(...sumProblems([...of.values()]));
  return parsed({ kind: 'probabilities', of }, problems);
}

/** The problem when probabilities that are right alone are too much together. */
function sumProblems(probabilities: readonly number[]): string[] {
  if (!probabilities.every((probability) => probability <= 1)) return [];
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  return sum > 1 + ROUNDING ? [`the probabilities add up to ${round(sum)}; allowed: at most 1`] : [];
}

function parsed<Fault extends string>(
  profile: FaultProfile<Fault>,
  problems: readonly string[],
): ParsedProfile<Fault> {
  return problems.length > 0 ? { profile: undefined, problems } : { profile, problems: [] };
}

/** The text that `parseProfile` reads back as this profile. */
export function formatProfile(profile: FaultProfile): string {
  if (profile.kind === 'script') return `${SCRIPT}${profile.steps.join(',')}`;
  if (profile.of.size === 0) return NONE;
  return Array.from(profile.of, ([fault, probability]) => `${fault}=${probability}`).join(',');
}

/** Reduces a profile to the names that a server knows. Every other name becomes the rest. */
export function restrictProfile<Fault extends string>(
  profile: FaultProfile,
  { faults, rest }: FaultNames<Fault>,
): FaultProfile<Fault> {
  if (profile.kind === 'script') {
    const steps = profile.steps.map((step) => faults.find((fault) => fault === step) ?? rest);
    return { kind: 'script', steps };
  }
  const kept = faults.flatMap((fault) => {
    const probability = profile.of.get(fault);
    return probability === undefined ? [] : [[fault, probability] as const];
  });
  return { kind: 'probabilities', of: new Map(kept) };
}

/**
 * The probability of every name, the rest included, in the order of the names. For a script it is the share of its
 * steps.
 */
export function probabilities<Fault extends string>(
  profile: FaultProfile<Fault>,
  { faults, rest }: FaultNames<Fault>,
): Map<Fault, number> {
  if (profile.kind === 'script') {
    const { steps } = profile;
    const share = (fault: Fault) => steps.filter((step) => step === fault).length / steps.length;
    return new Map([...faults, rest].map((fault) => [fault, round(share(fault))]));
  }
  const all = new Map(faults.map((fault) => [fault, profile.of.get(fault) ?? 0]));
  const sum = all.values().reduce((total, probability) => total + probability, 0);
  return all.set(rest, round(Math.max(0, 1 - sum)));
}

/** Picks a fault by a number in [0, 1): the first one at which the sum of the probabilities exceeds the number. */
export function pick<Fault extends string>(
  probabilities: ReadonlyMap<Fault, number>,
  { faults, rest }: FaultNames<Fault>,
  number: number,
): Fault {
  let upper = 0;
  for (const fault of faults) {
    upper += probabilities.get(fault) ?? 0;
    if (number < upper) return fault;
  }
  return rest;
}

function round(value: number): number {
  return Number(value.toFixed(9));
}
