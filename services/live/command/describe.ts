import { renderUnicodeCompact } from 'uqr';

/** The secret at the end of each link. */
export interface LinkTokens {
  readonly control: string;
  readonly view: string;
}

export interface Places {
  /** The port of the controls, and that of the class. */
  readonly port: string;
  readonly classPort: string;
  /** What the browsers of a class call this machine; empty without a class. */
  readonly name: string;
}

/** The lines that `make live` prints. The link of a class stands apart, because a class sees it. */
export function describeLinks({ control, view }: LinkTokens, { port, classPort, name }: Places): string {
  const own = [
    'the live view, with everything that changes the lab, for a browser on this machine:',
    `    http://127.0.0.1:${port}/?key=${control}`,
  ];
  if (name === '') return own.join('\n');
  const link = `http://${name}:${classPort}/?key=${view}`;
  return [
    ...own,
    '',
    'for the class, which only looks:',
    `    ${link}`,
    '',
    ...renderUnicodeCompact(link, { border: 2 })
      .split('\n')
      .map((line) => `    ${line}`),
  ].join('\n');
}
