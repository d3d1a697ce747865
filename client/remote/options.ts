import * as v from 'valibot';
import { Refusal } from '#lib/live/refusal.ts';
import { type Asked, type CommandName, commandNames, LONGEST_TEXT } from '#lib/live/remote.ts';
import { type OptionValue, optionValues } from '../option-values.ts';

/** Characters of a refused value that are shown, at most. */
const SHOWN = 100;

/** What a page may ask for: make's name of each option, and the client's. */
export const optionNames = {
  balance: {
    TLS: '--tls',
    INSECURE: '--insecure',
    REQUESTS: '--requests',
    TIMEOUT: '--timeout',
    INTERVAL: '--interval',
  },
  echo: {
    TLS: '--tls',
    INSECURE: '--insecure',
    MSG: '--message',
    RETRIES: '--retries',
    TIMEOUT: '--timeout',
    PROTOCOL: '--protocol',
    COUNT: '--count',
    CONCURRENCY: '--concurrency',
    BACKOFF: '--backoff',
    REFERENCE: '--reference',
  },
  send: {
    MODE: '--protocol-mode',
    TEXT: '--text',
    COUNT: '--count',
    WINDOW: '--window',
    SEGMENT: '--segment',
    MIN_RTO: '--min-rto',
    MAX_RTO: '--max-rto',
    TRIES: '--tries',
    ECHO: '--echo',
  },
  flow: {
    MB: '--megabytes',
    SECONDS: '--seconds',
    FLOWS: '--flows',
    REVERSE: '--reverse',
    CC: '--congestion',
  },
} as const satisfies Record<CommandName, Readonly<Record<string, `--${string}`>>>;

/** Options without a value: make has 1 for them, or 0. */
const switches: readonly string[] = ['--insecure', '--backoff', '--reference', '--echo', '--reverse'];
const texts: readonly string[] = ['--message', '--text'];

const text = v.pipe(
  v.string(),
  v.check(
    (value) => Buffer.byteLength(value) <= LONGEST_TEXT && !value.includes('\0'),
    `allowed: at most ${LONGEST_TEXT} bytes, without the character NUL`,
  ),
);

/** What make accepts as the value of an option. */
export function valueFor(command: CommandName, option: string): OptionValue {
  if (option === '--tls') return v.picklist(['0', '1', '1.2', '1.3'], 'allowed: 0, 1, 1.2, 1.3');
  if (switches.includes(option)) return v.picklist(['0', '1'], 'allowed: 0, 1');
  if (texts.includes(option)) return text;
  return (optionValues[command] as Readonly<Record<string, OptionValue>>)[option]!;
}

const askedSchema = v.strictObject({
  command: v.picklist(commandNames),
  options: v.record(v.string(), v.string()),
});

/** Reads the body of `POST /runs`. @throws Refusal with all problems; each names the option, its value and what is allowed */
export function readAsked(body: string): Asked {
  const { success, output, issues } = v.safeParse(askedSchema, parsed(body));
  if (!success) throw new Refusal(400, ...issues.map(problemOf));
  const problems = [...strangers(output), ...wrongValues(output), ...clashes(output)];
  if (problems.length > 0) throw new Refusal(400, ...problems);
  return output;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new Refusal(400, `the body is no JSON: ${(cause as Error).message}`);
  }
}

function problemOf(issue: v.InferIssue<typeof askedSchema>): string {
  const name = v.getDotPath(issue) ?? 'the body';
  if (name === 'command') return `command is ${issue.received}; allowed: ${commandNames.join(', ')}`;
  return `${name} is ${issue.received}; allowed: ${expectedIn(name)}`;
}

function expectedIn(name: string): string {
  if (name === 'options') return 'an object with the options';
  return name.startsWith('options.') ? 'a text' : 'an object with command and options';
}

function strangers({ command, options }: Asked): string[] {
  const known = Object.keys(optionNames[command]);
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  return unknown.length === 0
    ? []
    : [`make ${command} takes no ${unknown.join(' ')} here; allowed: ${known.toSorted().join(' ')}`];
}

function wrongValues({ command, options }: Asked): string[] {
  return given({ command, options }).flatMap(({ name, option, value }) => {
    const [issue] = v.safeParse(valueFor(command, option), value).issues ?? [];
    return issue ? [`${name} is "${shown(value)}"; ${issue.message}`] : [];
  });
}

function shown(value: string): string {
  return value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value;
}

/** A page has neither files nor standard input, which the client's own refusals would name. */
function clashes({ command, options: { MSG, COUNT, TEXT } }: Asked): string[] {
  if (command === 'echo' && MSG === undefined) return ['nothing to send: give MSG'];
  if (command !== 'send' || (COUNT === undefined) !== (TEXT === undefined)) return [];
  return [TEXT === undefined ? 'nothing to send: give COUNT or TEXT' : 'give only one of COUNT and TEXT'];
}

export interface GivenOption {
  readonly name: string;
  readonly option: string;
  readonly value: string;
}

/** The options that are given, in the order of the declarations. */
export function given({ command, options }: Asked): GivenOption[] {
  return Object.entries(optionNames[command]).flatMap(([name, option]) =>
    Object.hasOwn(options, name) ? [{ name, option, value: options[name]! }] : [],
  );
}

/** Whether an option is given by its name alone. */
export function isSwitch(option: string): boolean {
  return switches.includes(option);
}
