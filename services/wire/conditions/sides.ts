import { formatProfile, parseProfile } from '#lib/faults/fault-profile.ts';
import { drawnNames } from '#lib/faults/wire/index.ts';
import {
  type ConditionName,
  type Conditions,
  conditionNames,
  conditions,
  type Direction,
} from './conditions.ts';
import type { Read } from './script.ts';

/** Faults that have a name of their own beside `faults`: `loss` in place of `faults=loss=…`. */
const shorthands = drawnNames.faults.filter((fault) => fault !== 'tamper');

/** A condition, or the probability of one fault. */
export type PartName = ConditionName | (typeof shorthands)[number];
export const partNames: readonly PartName[] = [...shorthands, ...conditionNames];

/** The name of a part as a person types it: `REORDER_BY` for `reorderBy`. */
export function typedName(name: PartName): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

/** The conditions of one direction as texts. What is missing has its fallback. */
export type Texts = Readonly<Partial<Record<ConditionName, string>>>;

/** A change of one direction. */
export type Change = Readonly<Partial<Record<PartName, string>>>;

/** Reads `VALUE` for both directions, or `up:VALUE`, `down:VALUE` or both for one each. */
export function readSides(text: string): Partial<Record<Direction, string>> {
  const parts = text.trim().split(/\s+(?=(?:up|down):)/);
  const sides = parts.map((part) => /^(up|down):\s*(.*)$/.exec(part));
  if (!sides.every((side) => side !== null)) return { up: text.trim(), down: text.trim() };
  return Object.fromEntries(sides.map(([, direction, value]) => [direction!, value!]));
}

/** The texts after a change, with its problems. The value `none` of a single fault removes it from the fault profile. */
export function changed(
  before: Texts,
  change: Change,
): { readonly texts: Texts; readonly problems: readonly string[] } {
  const texts: Partial<Record<ConditionName, string>> = { ...before };
  const problems: string[] = [];
  for (const name of conditionNames) {
    const text = change[name];
    if (text !== undefined) texts[name] = text;
  }
  for (const fault of shorthands) {
    const text = change[fault];
    if (text === undefined) continue;
    const faults = withFault(texts.faults, fault, text);
    if (faults === undefined) problems.push(`${fault}: allowed: a probability from 0 to 1, or none`);
    else texts.faults = faults;
  }
  return { texts, problems };
}

/** The fault profile with another probability of one fault. Undefined when the text is no probability. */
function withFault(faults = 'none', fault: string, text: string): string | undefined {
  const { profile } = parseProfile(faults, drawnNames);
  const { profile: own } = parseProfile(`${fault}=${text === 'none' ? 0 : text}`, drawnNames);
  if (own?.kind !== 'probabilities' || own.of.size !== 1) return undefined;
  const of = new Map<string, number>(profile?.kind === 'probabilities' ? profile.of : []);
  of.delete(fault);
  const probability = own.of.values().next().value;
  if (probability) of.set(fault, probability);
  return formatProfile({ kind: 'probabilities', of });
}

/** Reads all conditions of one direction. Each problem begins with the name of its condition. */
export function parseTexts(
  texts: Texts,
): { readonly value: Conditions } | { readonly problems: readonly string[] } {
  const problems: string[] = [];
  const values = conditionNames.map((name) => {
    const { fallback, parse } = conditions[name];
    const read = parse((texts[name] ?? fallback).trim());
    if ('problem' in read) problems.push(`${name}: ${read.problem}`);
    return [name, 'value' in read ? read.value : undefined];
  });
  if (problems.length > 0) return { problems };
  const parsed = Object.fromEntries(values) as Conditions;
  const { faults, tamper, script } = parsed;
  const share = faults.kind === 'probabilities' ? faults.of.get('tamper') : undefined;
  const isScripted = script.some(({ fault }) => fault.name === 'tamper');
  if (!tamper && (share || isScripted)) {
    const name = share ? 'faults' : 'script';
    return {
      problems: [
        `${name}: TAMPER does not say what the fault tamper does; allowed: with TAMPER, such as TAMPER=rst`,
      ],
    };
  }
  return { value: tamper && share === undefined && !isScripted ? withTampering(parsed) : parsed };
}

/** An attacker without a probability and without a script tampers with every packet that no other fault strikes. */
function withTampering(parsed: Conditions): Conditions {
  const { faults } = parsed;
  if (faults.kind !== 'probabilities') return parsed;
  const rest = 1 - faults.of.values().reduce((sum, one) => sum + one, 0);
  return { ...parsed, faults: { ...faults, of: new Map(faults.of).set('tamper', Math.max(0, rest)) } };
}

/** What differs from a wire that changes nothing, as a person types it: `FAULTS=loss=0.05 DELAY=50ms`. */
export function describeTexts(texts: Texts): string {
  const parts = conditionNames.flatMap((name) => {
    const { fallback } = conditions[name];
    const text = normal(name, texts[name] ?? fallback);
    return text === fallback ? [] : [`${typedName(name)}=${quoted(text)}`];
  });
  return parts.join(' ') || 'nothing is changed';
}

/** As a shell reads it. */
function quoted(text: string): string {
  return /^[\w.,:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

function normal(name: ConditionName, text: string): string {
  const condition: { parse(text: string): Read<unknown>; format(value: never): string } = conditions[name];
  const read = condition.parse(text.trim());
  return 'value' in read ? condition.format(read.value as never) : text;
}
