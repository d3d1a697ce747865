import { type Verdict, verdicts } from '../../join/tie.ts';
import type { Report } from '../facts.ts';
import { html } from './escape.ts';
import { count, counted } from './figures.ts';
import { deciderNames, leftOut, longTable, type Section, table, verdict } from './section.ts';
import { isBorneOut } from './verdicts.ts';

/** What the journals say and the packets do not bear out, and the other way round. */
export function ties({
  ties: { verdicts: counts, entries, loose, handshakes, entriesInAll, looseInAll, handshakesInAll },
}: Report): Section {
  const found = (Object.keys(verdicts) as Verdict[]).flatMap((name) => {
    const number = counts[name] ?? 0;
    return number > 0 ? [{ name, number, good: isBorneOut(name) }] : [];
  });
  const sum = (some: typeof found) => some.reduce((all, { number }) => all + number, 0);
  const nothing = found.length + loose.length + handshakes.length === 0;
  return {
    id: 'ties',
    title: 'What could not be tied',
    says: nothing
      ? 'there is no journal and no packet to compare'
      : `${count(sum(found.filter(({ good }) => good)))} of ${count(sum(found))} entries tied, ${counted(looseInAll, 'packet')} beyond them`,
    intro: html`Each decision and each failed handshake in a server's journal is looked for in the capture, and each
message in the capture is looked for in the journals. What one of them tells alone is listed here.`,
    body: nothing
      ? undefined
      : html`${table(found, [
          {
            head: 'The packets',
            cell: ({ good }) => verdict(good, good ? 'bear it out' : 'do not bear it out'),
          },
          { head: 'Verdict', cell: ({ name }) => html`<code>${name}</code>` },
          { head: 'Meaning', cell: ({ name }) => verdicts[name] },
          { head: 'Entries', kind: 'figure', cell: ({ number }) => count(number) },
        ])}
<h3>Entries that could not be tied</h3>
${
  entries.length === 0
    ? html`<p>None.</p>`
    : html`${longTable(entries, [
        { head: 'Entry', kind: 'figure', cell: ({ id }) => id },
        { head: 'Server', cell: ({ decider }) => deciderNames[decider] },
        { head: 'The journal says', kind: 'code', cell: ({ says }) => says },
        { head: 'Why not', cell: (entry) => `${entry.verdict}: ${verdicts[entry.verdict] ?? ''}` },
        { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame ?? '–' },
      ])}${leftOut(entries.length, entriesInAll)}`
}
<h3>Packets of which no journal speaks</h3>
${
  loose.length === 0
    ? html`<p>None.</p>`
    : html`${longTable(loose, [
        { head: 'Frames', kind: 'figure', cell: ({ frames }) => frames.join(', ') },
        { head: 'From', cell: ({ from }) => from },
        { head: 'Client', kind: 'code', cell: ({ client }) => client },
        { head: 'Server', kind: 'code', cell: ({ server }) => server },
        { head: 'What', kind: 'code', cell: ({ what }) => what },
      ])}${leftOut(loose.length, looseInAll)}`
}
<h3>TLS handshakes that failed</h3>
${
  handshakes.length === 0
    ? html`<p>None.</p>`
    : html`<p>Nothing was decided in them. Each is tied to the frames of its connection, and shows in the one named here.</p>
${longTable(handshakes, [
  { head: 'Entry', kind: 'figure', cell: ({ id }) => id },
  { head: 'Server', cell: ({ server }) => server },
  { head: 'Client', kind: 'code', cell: ({ client }) => client },
  { head: 'The journal says', cell: ({ reason }) => reason },
  { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame },
])}${leftOut(handshakes.length, handshakesInAll)}`
}`,
  };
}
