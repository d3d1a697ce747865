import type { EchoFault } from '#lib/faults/echo/fault.ts';
import type { WireFault } from '#lib/faults/wire/fault.ts';

/** A part of a page that is generated from the source: its name in the page, and its text. Any page can have it. */
export interface Block {
  readonly name: string;
  readonly text: string;
}

/** The line of a page after which a block begins. */
export const markOf = ({ name }: Pick<Block, 'name'>) => `<!-- generated: ${name} -->\n`;

/** A page with the text of a block in it. @throws when the page does not have its marks exactly once */
export function withBlock(page: string, block: Block): string {
  const mark = markOf(block);
  const [before, rest, ...others] = page.split(mark);
  const end = rest?.indexOf('<!-- end -->') ?? -1;
  if (others.length > 0 || end < 0)
    throw new Error(`a page needs exactly one ${mark.trim()} and its <!-- end -->`);
  return `${before}${mark}\n${block.text}\n\n${rest?.slice(end)}`;
}

/** A table of Markdown. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const code = (text: string) => `\`${text}\``;

/** The tables of the echo server's faults. */
export function blocksOfFaults(faults: readonly EchoFault[]): Block[] {
  return [
    {
      name: 'faults',
      text: tableText(
        ['fault', 'what goes over the wire'],
        faults.map(({ name, summary }) => [code(name), summary]),
      ),
    },
    {
      name: 'faults in Wireshark',
      text: tableText(
        ['fault', 'look for'],
        faults.map(({ name, inWireshark }) => [code(name), inWireshark]),
      ),
    },
    {
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

/** The tables of the wire's faults. */
export function blocksOfWireFaults(faults: readonly WireFault[]): Block[] {
  const rows = (text: (fault: WireFault) => string) => faults.map((fault) => [code(fault.name), text(fault)]);
  return [
    {
      name: 'faults of the wire',
      text: tableText(
        ['fault', 'in a script', 'what happens to the packet'],
        faults.map(({ name, verb, summary }) => [
          code(name),
          name === 'mtu' ? '(`MTU`)' : code(verb),
          summary,
        ]),
      ),
    },
    {
      name: 'faults of the wire in Wireshark',
      text: tableText(
        ['fault', 'look for'],
        rows(({ inWireshark }) => inWireshark),
      ),
    },
  ];
}

/** A condition of the wire, as its page has it. */
export interface ConditionRow {
  readonly name: string;
  readonly fallback: string;
  readonly meaning: string;
}

export function blockOfConditions(rows: readonly ConditionRow[]): Block {
  return {
    name: 'conditions of the wire',
    text: tableText(
      ['variable', 'when it is not set', 'meaning'],
      rows.map(({ name, fallback, meaning }) => [code(name), code(fallback), meaning]),
    ),
  };
}

/** An outcome of the HTTP server, as the page of the server has it. */
export interface OutcomeRow {
  readonly name: string;
  readonly probability: string;
  readonly onTheWire: string;
}

export function blockOfOutcomes(rows: readonly OutcomeRow[]): Block {
  return {
    name: 'outcomes',
    text: tableText(
      ['outcome', 'default probability', 'on the wire'],
      rows.map(({ name, probability, onTheWire }) => [code(name), probability, onTheWire]),
    ),
  };
}

/** A verdict with its reason, as the page of verdicts has it. */
export interface VerdictRow {
  readonly reason: string;
  readonly verdict: string;
  readonly meaning: string;
}

export function blockOfVerdicts(rows: readonly VerdictRow[], name = 'verdicts'): Block {
  return {
    name,
    text: tableText(
      ['verdict', 'reason', 'meaning'],
      rows.map(({ verdict, reason, meaning }) => [code(verdict), code(reason), meaning]),
    ),
  };
}
