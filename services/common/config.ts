import { z } from 'zod';
import { CONTROL_SOCKET } from './control.ts';
import { type FaultNames, type FaultProfile, parseProfile } from './fault-profile.ts';

/** Every setting that is not as it must be, a line each: its name, its value and what is allowed. */
export class ConfigError extends Error {
  readonly code = 'LAB_CONFIG';

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** The settings of a program: name of the environment variable to how it is read. */
export type ConfigSchema = z.ZodObject<Record<string, z.ZodType<unknown, unknown>>>;

/**
 * Reads a program's settings out of the environment. An empty variable counts as unset, as Compose passes it.
 *
 * @throws ConfigError with all problems at once
 */
export function readConfig<Schema extends ConfigSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): z.infer<Schema> {
  const values = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, environment[name] || undefined]),
  );
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw new ConfigError(
    result.error.issues.map(({ path, message }) => {
      const name = String(path[0]);
      const value = values[name];
      return value === undefined ? `${name} is not set; ${message}` : `${name} is "${value}"; ${message}`;
    }),
  );
}

/** What a program prints for `--help`: every setting with its meaning and default. */
export function describeConfig(schema: ConfigSchema): string {
  const rows = Object.entries(schema.shape).map(([name, type]) => {
    const fallback = type.safeParse(undefined);
    const shown = type.meta()?.default ?? (fallback.success ? fallback.data : undefined);
    return `  ${name.padEnd(24)} ${type.description ?? ''}${shown === undefined ? '' : ` (default ${shown})`}`;
  });
  return ['Settings, from the environment:', ...rows].join('\n');
}

function number(text: string, { min, max, whole }: { min: number; max: number; whole: boolean }): boolean {
  const value = Number(text);
  return text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value));
}

/** A TCP or UDP port; 0 lets the system choose. */
export function port(fallback: number) {
  return integer(fallback, { min: 0, max: 65_535 });
}

/** A whole number within bounds, both included. */
export function integer(fallback: number, { min, max }: { min: number; max: number }) {
  return z
    .string()
    .refine(
      (text) => number(text, { min, max, whole: true }),
      `allowed: a whole number from ${min} to ${max}`,
    )
    .transform(Number)
    .default(fallback);
}

/** A time in seconds, fractions included. */
export function seconds(fallback: number, { max }: { max: number }) {
  return z
    .string()
    .refine((text) => number(text, { min: 0, max, whole: false }), `allowed: seconds from 0 to ${max}`)
    .transform(Number)
    .default(fallback);
}

/** Where a program answers to `make faults` and to its health check. */
export function controlSocket() {
  return z.string().default(CONTROL_SOCKET).describe('Unix socket of the control API');
}

/** A fault profile in the names of a program. */
export function faultProfile<Fault extends string>(names: FaultNames<Fault>, fallback: string) {
  return z
    .string()
    .default(fallback)
    .transform((text, context): FaultProfile<Fault> => {
      const { profile, problems } = parseProfile(text, names);
      for (const message of problems) context.addIssue({ code: 'custom', message });
      return profile ?? z.NEVER;
    })
    .meta({ default: fallback });
}
