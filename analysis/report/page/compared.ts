import type { PacketFact } from '#analysis/compare/compared.ts';
import { count, counted, duration } from '#lib/text/figures.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { figuresOf, leftOut, type Section, table } from './section.ts';

/** The same packets as both hosts saw them. */
export function compared({ compared: facts }: Report): Section {
  const shell = {
    id: 'compared',
    title: 'Both ends compared',
    intro: html`Each packet that left one host is looked for in the capture of the other. What a server holds back or
alters on purpose leaves it that way, so a lab without faults in its network shows none here.`,
  };
  if (!facts) return { ...shell, says: 'it takes the captures of both hosts', body: undefined };
  const { arrived, unknown, inAll, retransmissions, oneWay } = facts;
  const figures: readonly (readonly [string, string])[] = [
    ['arrived as they left', count(arrived)],
    ['never arrived', count(inAll.neverArrived)],
    ...(unknown > 0 ? [['may have arrived', count(unknown)] as const] : []),
    ['arrived altered', count(inAll.altered)],
    ['arrived late', count(inAll.late)],
    ['arrived twice', count(inAll.twice)],
    ['sent again by their sender', count(retransmissions)],
  ];
  return {
    ...shell,
    says: `${counted(arrived, 'packet')} arrived, ${count(inAll.neverArrived)} did not`,
    body: html`<dl class="tiles">${figures.map(([what, figure]) => html`<div><dt>${what}</dt><dd>${figure}</dd></div>`)}</dl>
${
  oneWay &&
  html`<p>On the way for ${duration(oneWay.median)} in the median, 99 of 100 for at most
${duration(oneWay.p99)}, the longest for ${duration(oneWay.longest)}.</p>`
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
      { head: 'Left', cell: ({ from }) => `${from} host` },
      { head: 'as frame', kind: 'figure', cell: ({ frame }) => frame ?? '–' },
      { head: 'arrived as frame', kind: 'figure', cell: ({ arrivedAs }) => arrivedAs ?? '–' },
      { head: 'On the way', kind: 'figure', cell: ({ took }) => (took === undefined ? '–' : duration(took)) },
      { head: 'Info', kind: 'code', cell: ({ info }) => info },
    ])}${leftOut(packets.length, all)}`,
    `${title}: ${count(all)}`,
  );
}
