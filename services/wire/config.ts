import * as v from 'valibot';
import { controlSocket } from '#lib/control/settings.ts';
import { insidePath, optionalText } from '#lib/runtime/config.ts';
import {
  type ConditionName,
  conditionNames,
  conditions,
  type Direction,
  directions,
} from './conditions/conditions.ts';
import { parseTexts, readSides, type Texts, typedName } from './conditions/sides.ts';

/** A setting: a condition for both directions, or `up:VALUE down:VALUE`. Undefined when it is unset. */
function condition(name: ConditionName) {
  return v.pipe(
    v.optional(
      v.pipe(
        v.string(),
        v.rawTransform<string, Partial<Record<Direction, string>>>(({ dataset, addIssue, NEVER }) => {
          const sides = readSides(dataset.value);
          const problems = new Set(
            directions.flatMap((direction) => problemOf(name, sides[direction]) ?? []),
          );
          for (const message of problems) addIssue({ message });
          return problems.size > 0 ? NEVER : sides;
        }),
      ),
    ),
    v.description(`${conditions[name].meaning} (up:VALUE down:VALUE for each direction)`),
  );
}

function problemOf(name: ConditionName, text: string | undefined): string | undefined {
  const read = text === undefined ? undefined : conditions[name].parse(text);
  return read && 'problem' in read ? read.problem : undefined;
}

const conditionSettings = Object.fromEntries(
  conditionNames.map((name) => [`WIRE_${typedName(name)}`, condition(name)]),
) as Record<`WIRE_${string}`, ReturnType<typeof condition>>;

export const configSchema = v.object({
  ...conditionSettings,
  LAB_WIRE_ADDRESS: v.pipe(
    v.optional(v.pipe(v.string(), v.ipv4('allowed: an IPv4 address')), '10.0.77.1'),
    v.description('address of the wire'),
  ),
  LAB_CLIENT_ADDRESS: v.pipe(
    v.optional(v.pipe(v.string(), v.ipv4('allowed: an IPv4 address')), '10.0.142.133'),
    v.description('address of the client host'),
  ),
  LAB_SEED: optionalText('seed of the draws; when unset, a seed is drawn and printed'),
  WIRE_JOURNAL: insidePath('path of the journal', '/captures/wire.log'),
  WIRE_DEVICE: insidePath('number of the open file of the TUN device', '3'),
  CONTROL_SOCKET: controlSocket(),
});

type Config = v.InferOutput<typeof configSchema>;

/** The conditions that the settings give to each direction. */
export function configuredTexts(config: Config): Readonly<Record<Direction, Texts>> {
  const sides = Object.fromEntries(
    directions.map((direction) => {
      const own = conditionNames.flatMap((name) => {
        const text = (config as Readonly<Record<string, unknown>>)[`WIRE_${typedName(name)}`] as
          | Partial<Record<Direction, string>>
          | undefined;
        return text?.[direction] === undefined ? [] : [[name, text[direction]] as const];
      });
      return [direction, Object.fromEntries(own)];
    }),
  );
  return sides as Record<Direction, Texts>;
}

/** What is wrong with conditions that are allowed alone and not together, as `NAME is "value"; …`. */
export function problemsTogether(config: Config): readonly string[] {
  const configured = configuredTexts(config);
  const problems = directions.flatMap((direction) => {
    const parsed = parseTexts(configured[direction]);
    return 'problems' in parsed
      ? parsed.problems.map((problem) => named(problem, configured[direction]))
      : [];
  });
  return [...new Set(problems)];
}

function named(problem: string, texts: Texts): string {
  const name = conditionNames.find((one) => problem.startsWith(`${one}: `))!;
  const words = problem.slice(name.length + 2).replaceAll('TAMPER', 'WIRE_TAMPER');
  return `WIRE_${typedName(name)} is "${texts[name]}"; ${words}`;
}
