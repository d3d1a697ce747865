import type { CommandName } from '../../contract.ts';

/** An option of a command, as make names it. */
export type Option = {
  readonly name: string;
  /** At least one option with this mark is given, and one alone. */
  readonly isMain?: boolean;
} & (
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'number'; readonly usual: string; readonly value?: string }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly values: readonly string[] }
);

/** What a class needs of each command, the most important ones first. Make itself has more. */
export const optionsOf: Readonly<Record<CommandName, readonly Option[]>> = {
  balance: [
    { name: 'REQUESTS', kind: 'number', usual: '20', value: '5', isMain: true },
    { name: 'INTERVAL', kind: 'number', usual: '0.5', isMain: true },
    { name: 'TIMEOUT', kind: 'number', usual: '10' },
    { name: 'TLS', kind: 'switch' },
  ],
  echo: [
    { name: 'MSG', kind: 'text', value: 'hello', isMain: true },
    { name: 'PROTOCOL', kind: 'choice', values: ['tcp', 'udp'], isMain: true },
    { name: 'COUNT', kind: 'number', usual: '1', isMain: true },
    { name: 'RETRIES', kind: 'number', usual: '3' },
    { name: 'TIMEOUT', kind: 'number', usual: '3' },
    { name: 'CONCURRENCY', kind: 'number', usual: '1' },
    { name: 'TLS', kind: 'switch' },
    { name: 'REFERENCE', kind: 'switch' },
  ],
  send: [
    {
      name: 'MODE',
      kind: 'choice',
      values: ['selective-repeat', 'go-back-n', 'stop-and-wait'],
      isMain: true,
    },
    { name: 'COUNT', kind: 'number', usual: '', value: '20', isMain: true },
    { name: 'TEXT', kind: 'text', value: '', isMain: true },
    { name: 'WINDOW', kind: 'number', usual: '64' },
    { name: 'SEGMENT', kind: 'number', usual: '1320' },
    { name: 'ECHO', kind: 'switch' },
  ],
  flow: [
    { name: 'MB', kind: 'number', usual: '10', value: '2', isMain: true },
    { name: 'CC', kind: 'choice', values: ['', 'reno', 'cubic', 'bbr'], isMain: true },
    { name: 'FLOWS', kind: 'number', usual: '1' },
    { name: 'REVERSE', kind: 'switch' },
  ],
};

export const commandNames = Object.keys(optionsOf) as readonly CommandName[];

/** The options that differ from what make takes without them. */
export function givenOf(
  command: CommandName,
  values: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const given = optionsOf[command].flatMap((option) => {
    const value = values[option.name] ?? '';
    const isUsual =
      value === '' ||
      (option.kind === 'switch' && value === '0') ||
      (option.kind === 'number' && value === option.usual) ||
      (option.kind === 'choice' && option.name !== 'MODE' && value === option.values[0]);
    // An empty message is a message, and an empty text is none.
    const isGiven = !isUsual || option.name === 'MSG';
    return isGiven ? [[option.name, value] as const] : [];
  });
  const all = Object.fromEntries(given);
  // A text takes the place of numbered segments.
  if (command === 'send' && all.TEXT !== undefined) delete all.COUNT;
  return all;
}
