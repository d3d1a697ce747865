import { retransmissionsOf } from '#analysis/flows/sender.ts';
import { rateOf, type Shared } from '#analysis/flows/shares.ts';
import { count, percent } from '#lib/text/figures.ts';
import { type Html, html } from './escape.ts';
import { drawPlot, type Path, type Point } from './plot.ts';
import { table } from './section.ts';

/** As many lines can be told apart without colour. */
const looks = [
  { shape: 'stairs', colour: 'accent' },
  { shape: 'dotted', colour: 'bad' },
  { shape: 'path', colour: 'ink' },
] as const satisfies readonly Pick<Path, 'shape' | 'colour'>[];

/** Connections that share a path: who got how much of it. */
export function sharesOf({ flow, connections, fairness }: Shared): Html {
  const all = connections.reduce((sum, one) => sum + rateOf(one), 0);
  return html`<section class="transfer"><h3>${count(connections.length)} connections at once <code>${flow}</code></h3>
<p class="note">Fairness ${fairness.toFixed(2)} (Jain’s index): 1 if all have the same rate, ${(1 / connections.length).toFixed(2)} if one has it all.</p>
${connections.length <= looks.length ? plotOf(connections) : undefined}
${table(connections, [
  {
    head: 'From',
    kind: 'code',
    cell: ({ sender, client, server }) => (sender === 'client' ? client : server),
  },
  { head: 'To', kind: 'code', cell: ({ sender, client, server }) => (sender === 'client' ? server : client) },
  { head: 'MB', kind: 'figure', cell: ({ bytes }) => (bytes / 1e6).toFixed(2) },
  { head: 'Mbit/s', kind: 'figure', cell: (one) => (rateOf(one) / 1e6).toFixed(2) },
  { head: 'Share', kind: 'figure', cell: (one) => percent(rateOf(one) / all) },
  { head: 'Retransmissions', kind: 'figure', cell: (one) => count(retransmissionsOf(one)) },
])}</section>
`;
}

function plotOf(connections: Shared['connections']): Html {
  const times = connections.map(({ began }) => Date.parse(began) / 1000);
  const first = Math.min(...times);
  return drawPlot({
    alternative: `Throughput of ${count(connections.length)} connections over time.`,
    x: { name: 'seconds since the first packet', min: 0 },
    y: { name: 'Mbit/s', min: 0 },
    height: 190,
    isDense: true,
    series: connections.map(({ client, throughput: { step, bits } }, index) => ({
      ...looks[index]!,
      path: bits.map((rate, at): Point => [times[index]! - first + at * step, rate / 1e6]),
      means: client,
    })),
  });
}
