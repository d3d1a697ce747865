import { renderUnicodeCompact } from 'uqr';

/** The secret at the end of each link. */
export interface LinkTokens {
  readonly control: string;
  readonly view: string;
}

/** The lines that `make live` prints. @param name what the browsers of a class call this machine; empty without a class */
export function describeLinks(
  { control, view }: LinkTokens,
  { port, name }: { readonly port: string; readonly name: string },
): string {
  const own = [
    'the live view, with everything that changes the lab, for a browser on this machine:',
    `    http://127.0.0.1:${port}/?key=${control}`,
  ];
  if (name === '') return own.join('\n');
  const link = `http://${name}:${port}/?key=${view}`;
  return [
    ...own,
    'for the class, which only looks:',
    `    ${link}`,
    '',
    ...renderUnicodeCompact(link, { border: 2 })
      .split('\n')
      .map((line) => `    ${line}`),
  ].join('\n');
}
