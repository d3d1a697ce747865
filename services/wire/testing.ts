import { type ConditionName, type Conditions, conditionNames, conditions } from './conditions/conditions.ts';

/** The conditions that a person has typed. Everything else is as when nothing is set. */
export function conditionsOf(texts: Partial<Record<ConditionName, string>> = {}): Conditions {
  const values = conditionNames.map((name) => [name, conditionOf(name, texts[name])]);
  return Object.fromEntries(values) as Conditions;
}

/** The value of a condition's text. */
export function conditionOf<Name extends ConditionName>(
  name: Name,
  text = conditions[name].fallback,
): Conditions[Name] {
  const read = conditions[name].parse(text);
  if ('problem' in read) throw new Error(`${name}=${text}: ${read.problem}`);
  return read.value as Conditions[Name];
}
