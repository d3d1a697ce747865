import * as v from 'valibot';
import { type FaultNames, type FaultProfile, parseProfile } from './fault-profile.ts';

/** A setting: a fault profile with the names of a program. */
export function faultProfile<Fault extends string>(
  meaning: string,
  fallback: string,
  names: FaultNames<Fault>,
) {
  return v.pipe(v.optional(v.string(), fallback), toProfile(names), v.description(meaning));
}

/** A setting: a fault profile, or undefined when it is unset. */
export function optionalFaultProfile<Fault extends string>(meaning: string, names: FaultNames<Fault>) {
  return v.pipe(v.optional(v.pipe(v.string(), toProfile(names))), v.description(meaning));
}

function toProfile<Fault extends string>(names: FaultNames<Fault>) {
  return v.rawTransform<string, FaultProfile<Fault>>(({ dataset, addIssue, NEVER }) => {
    const { profile, problems } = parseProfile(dataset.value, names);
    for (const message of problems) addIssue({ message });
    return profile ?? NEVER;
  });
}
