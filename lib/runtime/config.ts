import * as v from 'valibot';

/** Settings with a value that is not allowed. Each has a line: its name, its value and what is allowed. */
export class ConfigError extends Error {
  readonly code = 'LAB_CONFIG';

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

/** The settings of a program: the name of each environment variable, and how it is read. */
export type ConfigSchema = v.ObjectSchema<v.ObjectEntries, undefined>;

/**
 * Reads a program's settings from the environment. An empty variable counts as unset, because Compose passes unset ones
 * as empty.
 *
 * @throws ConfigError with all problems at once
 */
export function readConfig<Schema extends ConfigSchema>(
  schema: Schema,
  environment: Readonly<Record<string, string | undefined>>,
): v.InferOutput<Schema> {
  const set = Object.keys(schema.entries).flatMap((name) => {
    const value = environment[name];
    return value ? [[name, value]] : [];
  });
  const result = v.safeParse(schema, Object.fromEntries(set));
  if (result.success) return result.output;
  throw new ConfigError(
    result.issues.map(({ path, message }) => {
      const name = String(path?.[0]?.key);
      const setting = schema.entries[name];
      const isSecret = setting && v.getMetadata(setting).secret;
      return `${name} ${isSecret ? 'has a value that is not shown' : `is "${environment[name]}"`}; ${message}`;
    }),
  );
}

/** The text for `--help`: every setting with its meaning and default. */
export function describeConfig(schema: ConfigSchema): string {
  const rows = Object.entries(schema.entries).map(([name, setting]) => {
    const fallback = 'default' in setting && setting.default;
    return `  ${name.padEnd(24)} ${v.getDescription(setting)}${fallback ? ` (default ${fallback})` : ''}`;
  });
  return ['Settings, from the environment:', ...rows].join('\n');
}

/** A path inside the container. It is no setting of the lab, so neither `.env` nor docker-compose.yml has it. */
export function insidePath(meaning: string, fallback: string) {
  return v.pipe(v.optional(v.string(), fallback), v.description(meaning), v.metadata({ inside: true }));
}

/** Any text, or undefined when it is unset. */
export function optionalText(meaning: string) {
  return v.pipe(v.optional(v.string()), v.description(meaning));
}

/** A secret text, or undefined when it is unset. No message shows its value. */
export function secret(meaning: string, { form, allowed }: { form: RegExp; allowed: string }) {
  return v.pipe(
    v.optional(v.pipe(v.string(), v.regex(form, `allowed: ${allowed}`))),
    v.description(meaning),
    v.metadata({ secret: true }),
  );
}

/** A switch: `1` or `0`. */
export function flag(meaning: string, fallback: boolean) {
  return v.pipe(
    v.optional(v.picklist(['0', '1'], 'allowed: 0, 1'), fallback ? '1' : '0'),
    v.transform((text) => text === '1'),
    v.description(meaning),
  );
}

function number(text: string, { min, max, whole }: { min: number; max: number; whole: boolean }): boolean {
  const value = Number(text);
  return text.trim() !== '' && value >= min && value <= max && (!whole || Number.isInteger(value));
}

/** A TCP or UDP port; 0 lets the system choose. */
export function port(meaning: string, fallback: number) {
  return integer(meaning, fallback, { min: 0, max: 65_535 });
}

/** A whole number within bounds, both included. */
export function integer(meaning: string, fallback: number, { min, max }: { min: number; max: number }) {
  return v.pipe(
    v.optional(v.string(), String(fallback)),
    v.check(
      (text) => number(text, { min, max, whole: true }),
      `allowed: a whole number from ${min} to ${max}`,
    ),
    v.transform(Number),
    v.description(meaning),
  );
}

/** A time in seconds, fractions included. */
export function seconds(meaning: string, fallback: number, { max }: { max: number }) {
  return v.pipe(
    v.optional(v.string(), String(fallback)),
    v.check((text) => number(text, { min: 0, max, whole: false }), `allowed: seconds from 0 to ${max}`),
    v.transform(Number),
    v.description(meaning),
  );
}

/** One of a closed set of words; the first is the default. */
export function choice<const Word extends string>(meaning: string, words: readonly [Word, ...Word[]]) {
  return v.pipe(
    v.optional(v.picklist(words, `allowed: ${words.join(', ')}`), words[0]),
    v.description(meaning),
  );
}

/** A range in seconds. */
export interface SecondsRange {
  readonly from: number;
  readonly to: number;
}

/** A fixed time in seconds, `1.5`, or a range to draw from, `0-10`; fractions included. */
export function secondsRange(meaning: string, fallback: string, { max }: { max: number }) {
  return v.pipe(
    v.optional(v.string(), fallback),
    v.check((text) => {
      const [from = '', to = from, ...more] = text.split('-');
      return (
        more.length === 0 &&
        [from, to].every((bound) => number(bound, { min: 0, max, whole: false })) &&
        Number(from) <= Number(to)
      );
    }, `allowed: seconds from 0 to ${max}, or a range such as 0-10, the shorter time first`),
    v.transform((text): SecondsRange => {
      const [from, to = from] = text.split('-');
      return { from: Number(from), to: Number(to) };
    }),
    v.description(meaning),
  );
}
