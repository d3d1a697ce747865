import { reasonNames, reasons, type Verdict, verdicts } from '#analysis/join/verdicts.ts';
import { deciderNames } from '#lib/lab/deciders.ts';
import { capital, count, counted } from '#lib/text/figures.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { type Column, leftOut, longTable, type Section, sign, table } from './section.ts';

/** The sign of each verdict. */
const signs = {
  confirmed: 'good',
  contradicted: 'bad',
  encrypted: 'unknown',
  unknown: 'unknown',
} as const satisfies Record<Verdict, unknown>;

/** The section on journal entries and packets that match, and those that don't. */
export function matching({ matching: facts }: Report): Section {
  const { clock, reasons: counts, entries, withoutEntry, handshakes } = facts;
  const found = reasonNames.flatMap((reason) => {
    const number = counts[reason] ?? 0;
    return number > 0 ? [{ reason, number, ...reasons[reason] }] : [];
  });
  const sums = verdicts.map((verdict) => `${count(facts.verdicts[verdict])} ${verdict}`);
  const nothing = found.length + withoutEntry.length + handshakes.length === 0;
  return {
    id: 'matching',
    title: 'Journals and packets',
    summary: nothing
      ? 'there is no journal and no packet to compare'
      : `entries: ${sums.join(', ')}; ${counted(facts.withoutEntryInAll, 'exchange')} without an entry`,
    intro: html`The servers' journals have an entry for each decision and each failed handshake. Each entry is looked for
in the capture, and each exchange in the capture is looked for in the journals. Packets confirm an entry or contradict
it. They can't tell if it is encrypted or was not captured. This section lists what does not match.`,
    body: nothing
      ? undefined
      : html`${clock && html`<p class="note">${capital(clock)}.</p>`}${table(found, [
          { head: 'Verdict', cell: ({ verdict }) => sign(signs[verdict], verdict) },
          { head: 'Reason', cell: ({ reason }) => html`<code>${reason}</code>` },
          { head: 'Meaning', cell: ({ meaning }) => meaning },
          { head: 'Entries', kind: 'figure', cell: ({ number }) => count(number) },
        ])}
<h3>Entries that are contradicted or unknown</h3>
${listed(entries, facts.entriesInAll, [
  { head: 'Entry', kind: 'figure', cell: ({ id }) => id },
  { head: 'Server', cell: ({ decider }) => deciderNames[decider] },
  { head: 'Decision', kind: 'code', cell: ({ decision }) => decision },
  {
    head: 'Verdict',
    cell: ({ verdict, reason }) => html`${sign(signs[verdict], verdict)}: ${reasons[reason].meaning}`,
  },
  { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame ?? '–' },
])}
<h3>Exchanges without an entry</h3>
${listed(withoutEntry, facts.withoutEntryInAll, [
  { head: 'Frames', kind: 'figure', cell: ({ frames }) => frames.join(', ') },
  { head: 'From', cell: ({ from }) => from },
  { head: 'Client', kind: 'code', cell: ({ client }) => client },
  { head: 'Server', kind: 'code', cell: ({ server }) => server },
  { head: 'What', kind: 'code', cell: ({ what }) => what },
])}
<h3>Failed TLS handshakes</h3>
${handshakes.length === 0 ? undefined : html`<p>The server decided nothing on these connections. The frame shows the failure.</p>\n`}${listed(
  handshakes,
  facts.handshakesInAll,
  [
    { head: 'Entry', kind: 'figure', cell: ({ id }) => id },
    { head: 'Server', cell: ({ server }) => server },
    { head: 'Client', kind: 'code', cell: ({ client }) => client },
    { head: 'Why it failed', cell: ({ reason }) => reason },
    { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame },
  ],
)}`,
  };
}

function listed<Row>(rows: readonly Row[], all: number, columns: readonly Column<Row>[]): Html {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`${longTable(rows, columns)}${leftOut(rows.length, all)}`;
}
