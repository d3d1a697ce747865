import type { PacketFact, WireCompared } from '#analysis/compare/compared.ts';
import type { Explained } from '#analysis/compare/explained.ts';
import { count, counted, duration } from '#lib/text/figures.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { figuresOf, leftOut, type Section, table } from './section.ts';

/** The section that compares both captures. */
export function compared({ compared: facts }: Report): Section {
  const shell = {
    id: 'compared',
    title: 'Both ends compared',
    intro: html`Each packet that one host sent is looked for in the capture of the other. A server that delays or corrupts
    sends its packets that way, so only faults of the network between the hosts show here.`,
  };
  if (!facts) return { ...shell, summary: 'it needs the captures of both hosts', body: undefined };
  const { arrived, unknown, inAll, retransmissions, oneWay, wire } = facts;
  const figures: readonly (readonly [string, string])[] = [
    ['arrived unchanged', count(arrived)],
    ['never arrived', count(inAll.neverArrived)],
    ...(unknown > 0 ? [['may have arrived', count(unknown)] as const] : []),
    ['arrived altered', count(inAll.altered)],
    ['arrived late', count(inAll.late)],
    ['arrived twice', count(inAll.twice)],
    ['retransmitted by their sender', count(retransmissions)],
  ];
  return {
    ...shell,
    summary: `${counted(arrived, 'packet')} arrived, ${count(inAll.neverArrived)} did not`,
    body: html`<dl class="tiles">${figures.map(([what, figure]) => html`<div><dt>${what}</dt><dd>${figure}</dd></div>`)}</dl>
${
  oneWay &&
  html`<p>One way took ${duration(oneWay.median)} in the median, at most ${duration(oneWay.p99)} for 99 of 100
  packets, and ${duration(oneWay.longest)} at the longest.</p>`
}
${wire && explained(wire)}${list('Never arrived', facts.neverArrived, inAll.neverArrived)}
${list('Arrived altered', facts.altered, inAll.altered)}
${list('Arrived late', facts.late, inAll.late)}
${list('Arrived twice', facts.twice, inAll.twice)}`,
  };
}

/** The packets of each kind by the entries that explain them. */
function explained(wire: WireCompared): Html {
  const rows: readonly (readonly [string, Explained])[] = [
    ['lost on the way', wire.lost],
    ['arrived altered', wire.altered],
    ['arrived twice', wire.twice],
    ['arrived after a later one', wire.overtaken],
    ['arrived late', wire.late],
    ['arrived and was never sent', wire.stray],
  ];
  const causes = ({ by }: Explained) =>
    Object.entries(by).map(([why, all]) => `${count(all)} ${why === 'queue' ? 'in the queue' : `by ${why}`}`);
  return html`<p>The journal of the wire explains these packets. A packet may also be late because the machine was busy.</p>
${table(rows, [
  { head: 'Packets that', cell: ([what]) => what },
  { head: 'In all', kind: 'figure', cell: ([, { all }]) => count(all) },
  { head: 'Explained by entries', cell: ([, facts]) => causes(facts).join(', ') || '–' },
  { head: 'Without an entry', kind: 'figure', cell: ([, { without }]) => count(without) },
])}
`;
}

function list(title: string, packets: readonly PacketFact[], all: number): Html | undefined {
  if (packets.length === 0) return undefined;
  return figuresOf(
    html`${table(packets, [
      { head: 'Sent by', cell: ({ from }) => `${from} host` },
      { head: 'as frame', kind: 'figure', cell: ({ frame }) => frame ?? '–' },
      { head: 'arrived as frame', kind: 'figure', cell: ({ arrivedAs }) => arrivedAs ?? '–' },
      { head: 'On the way', kind: 'figure', cell: ({ took }) => (took === undefined ? '–' : duration(took)) },
      { head: 'Info', kind: 'code', cell: ({ info }) => info },
    ])}${leftOut(packets.length, all)}`,
    `${title}: ${count(all)}`,
  );
}
