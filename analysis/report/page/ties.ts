import { kinds, verdictNames, verdicts } from '#analysis/join/verdicts.ts';
import { deciderNames } from '#lib/lab/deciders.ts';
import { capital, count, counted } from '#lib/text/figures.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { type Column, leftOut, longTable, type Section, sign, table } from './section.ts';

/** How each kind of verdict is shown. */
const shown = {
  confirmed: { is: 'good', says: 'confirm it' },
  contradicted: { is: 'bad', says: 'contradict it' },
  unknown: { is: 'unknown', says: 'can’t say' },
} as const;

/** What the journals say and the packets do not confirm, and the other way round. */
export function ties({
  ties: { clock, verdicts: counts, entries, loose, handshakes, entriesInAll, looseInAll, handshakesInAll },
}: Report): Section {
  const found = verdictNames.flatMap((name) => {
    const number = counts[name] ?? 0;
    return number > 0 ? [{ name, number, ...verdicts[name] }] : [];
  });
  const sums = kinds.map((kind) => {
    const some = found.filter((one) => one.kind === kind);
    return some.length > 0 || kind !== 'unknown'
      ? `${count(some.reduce((all, { number }) => all + number, 0))} ${kind}`
      : '';
  });
  const nothing = found.length + loose.length + handshakes.length === 0;
  return {
    id: 'ties',
    title: 'Journals and packets',
    says: nothing
      ? 'there is no journal and no packet to compare'
      : `entries: ${sums.filter((one) => one !== '').join(', ')}; ${counted(looseInAll, 'exchange')} in no journal`,
    intro: html`Each decision and each failed handshake in a server's journal is looked for in the capture, and each
message in the capture is looked for in the journals. The packets confirm an entry, contradict it, or can’t say, as
they are encrypted or were not captured. What one of the two tells alone is listed here.`,
    body: nothing
      ? undefined
      : html`${clock && html`<p class="note">${capital(clock)}.</p>`}${table(found, [
          {
            head: 'The packets',
            cell: ({ kind }) => sign(shown[kind].is, shown[kind].says),
          },
          { head: 'Verdict', cell: ({ name }) => html`<code>${name}</code>` },
          { head: 'Meaning', cell: ({ meaning }) => meaning },
          { head: 'Entries', kind: 'figure', cell: ({ number }) => count(number) },
        ])}
<h3>Entries that can be read and that the packets do not confirm</h3>
${listed(entries, entriesInAll, [
  { head: 'Entry', kind: 'figure', cell: ({ id }) => id },
  { head: 'Server', cell: ({ decider }) => deciderNames[decider] },
  { head: 'The journal says', kind: 'code', cell: ({ says }) => says },
  {
    head: 'Why not',
    cell: ({ verdict }) =>
      html`${sign(shown[verdicts[verdict].kind].is, verdict)}: ${verdicts[verdict].meaning}`,
  },
  { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame ?? '–' },
])}
<h3>Exchanges in no journal</h3>
${listed(loose, looseInAll, [
  { head: 'Frames', kind: 'figure', cell: ({ frames }) => frames.join(', ') },
  { head: 'From', cell: ({ from }) => from },
  { head: 'Client', kind: 'code', cell: ({ client }) => client },
  { head: 'Server', kind: 'code', cell: ({ server }) => server },
  { head: 'What', kind: 'code', cell: ({ what }) => what },
])}
<h3>TLS handshakes that failed</h3>
${
  handshakes.length === 0
    ? undefined
    : html`<p>Nothing was decided in them. Each is matched with the frames of its connection, and shows in the one named here.</p>
`
}${listed(handshakes, handshakesInAll, [
  { head: 'Entry', kind: 'figure', cell: ({ id }) => id },
  { head: 'Server', cell: ({ server }) => server },
  { head: 'Client', kind: 'code', cell: ({ client }) => client },
  { head: 'The journal says', cell: ({ reason }) => reason },
  { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame },
])}`,
  };
}

function listed<Row>(rows: readonly Row[], all: number, columns: readonly Column<Row>[]): Html {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`${longTable(rows, columns)}${leftOut(rows.length, all)}`;
}
