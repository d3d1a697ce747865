import type { PacketFact } from '#analysis/compare/compared.ts';
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
  const { arrived, unknown, inAll, retransmissions, oneWay } = facts;
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
${list('Never arrived', facts.neverArrived, inAll.neverArrived)}
${list('Arrived altered', facts.altered, inAll.altered)}
${list('Arrived late', facts.late, inAll.late)}
${list('Arrived twice', facts.twice, inAll.twice)}`,
  };
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
