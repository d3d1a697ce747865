import type { EchoFault } from '#lib/faults/echo/fault.ts';

/** A part of a page that is made from the source: its name in the page, and its text. */
export interface Block {
  readonly page: string;
  readonly name: string;
  readonly text: string;
}

/** A page with the text of a block in it. @throws when the page has not got its marks once */
export function withBlock(page: string, { page: path, name, text }: Block): string {
  const [before, rest, ...others] = page.split(`<!-- generated: ${name} -->\n`);
  const end = rest?.indexOf('<!-- end -->') ?? -1;
  if (others.length > 0 || end < 0)
    throw new Error(`${path} has not once <!-- generated: ${name} --> with its <!-- end -->`);
  return `${before}<!-- generated: ${name} -->\n\n${text}\n\n${rest?.slice(end)}`;
}

/** A table of Markdown. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string) => `\`${text}\``;

/** What the pages say of faults. */
export function blocksOfFaults(faults: readonly EchoFault[]): Block[] {
  const page = 'docs/echo-server.md';
  return [
    {
      page,
      name: 'faults',
      text: tableText(
        ['fault', 'what goes over the wire'],
        faults.map(({ name, summary }) => [code(name), summary]),
      ),
    },
    {
      page,
      name: 'faults in Wireshark',
      text: tableText(
        ['fault', 'look for'],
        faults.map(({ name, inWireshark }) => [code(name), inWireshark]),
      ),
    },
    {
      page,
      name: 'fields of faults',
      text: tableText(
        ['field', 'of', 'meaning'],
        faults.flatMap(({ name, fields }) =>
          Object.entries(fields).map(([field, meaning]) => [code(field), code(name), meaning]),
        ),
      ),
    },
  ];
}

/** An outcome of the HTTP server, as its page has it. */
export interface OutcomeRow {
  readonly name: string;
  readonly probability: string;
  readonly onTheWire: string;
}

export function blockOfOutcomes(rows: readonly OutcomeRow[]): Block {
  return {
    page: 'docs/http-server.md',
    name: 'outcomes',
    text: tableText(
      ['outcome', 'default probability', 'on the wire'],
      rows.map(({ name, probability, onTheWire }) => [code(name), probability, onTheWire]),
    ),
  };
}

/** What the packets do to an entry, as its page has it. */
export interface VerdictRow {
  readonly name: string;
  readonly kind: 'confirmed' | 'contradicted' | 'unknown';
  readonly meaning: string;
}

const KINDS = {
  confirmed: 'they confirm it',
  contradicted: 'they contradict it: `!`',
  unknown: "they can't say",
} as const;

export function blockOfVerdicts(rows: readonly VerdictRow[]): Block {
  return {
    page: 'docs/evidence.md',
    name: 'verdicts',
    text: tableText(
      ['verdict', 'the packets', 'meaning'],
      rows.map(({ name, kind, meaning }) => [code(name), KINDS[kind], meaning]),
    ),
  };
}
