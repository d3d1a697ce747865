import { type Argument, type Command, InvalidArgumentError, type Option } from 'commander';

/** Returns the name by which a person knows an option. */
export type NameOf = (option: string) => string;

/** Options that contradict each other. The message uses the names that the person typed. */
export class OptionError extends Error {
  readonly code = 'LAB_OPTION';
}

/**
 * A person who types `make send WINDOW=8` reads about `WINDOW`; a person who types `--window 8` reads about `--window`.
 * make passes its names for the options of a program in LAB_OPTION_NAMES: `--window=WINDOW --text=TEXT`.
 */
export function optionNames({ LAB_OPTION_NAMES = '' }: Readonly<Record<string, string | undefined>>): NameOf {
  const names = new Map(
    LAB_OPTION_NAMES.split(' ').map((pair) => pair.split('=') as [option: string, name: string]),
  );
  return (option) => names.get(option) ?? option;
}

/**
 * Makes every option and argument of a program refuse a value as settings do: `WINDOW is "x"; allowed: …`. The function
 * that reads a value throws an InvalidArgumentError with what is allowed.
 */
export function refuseByName(program: Command, nameOf: NameOf): void {
  for (const option of program.options) refuseAs(() => nameOf(option.long ?? option.flags), option, program);
  for (const argument of program.registeredArguments) refuseAs(() => argument.name(), argument, program);
  for (const command of program.commands) refuseByName(command, nameOf);
}

function refuseAs(name: () => string, target: Option | Argument, command: Command): void {
  const { parseArg: read } = target;
  if (!read) return;
  target.argParser((text, before) => {
    try {
      return read(text, before as never);
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      // With commander's own code, commander would add text of its own.
      return command.error(`error: ${name()} is "${text}"; ${error.message}`, { code: 'LAB_OPTION' });
    }
  });
}
