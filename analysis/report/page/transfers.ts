import { count, counted } from '#lib/text/figures.ts';
import type { Report, TransferPlot, TransferPoint } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { drawPlot } from './plot.ts';
import { leftOut, listOf, type Section, table } from './section.ts';

const LISTED = 40;
/** With more marks than this, they are drawn smaller. */
const CROWD = 600;

/** The section on reliable transfers: sequence numbers over time. */
export function transfers({ transfers: all }: Report): Section {
  const retransmitted = all.reduce((sum, { retransmissions }) => sum + retransmissions, 0);
  return {
    id: 'transfers',
    title: 'Reliable transfer over UDP',
    summary:
      all.length > 0
        ? `${counted(all.length, 'plot')}, ${counted(retransmitted, 'retransmission')}`
        : 'no transfer is in the capture',
    intro: html`The sender numbers its datagrams, the receiver acknowledges them, and a lost one is retransmitted. Each
    mark is a datagram: further to the right is later, higher up is further in the data. Rising marks are progress. A gap
    is a wait, for example for a timeout.`,
    body: all.length > 0 ? html`${all.map(transfer)}` : undefined,
  };
}

function transfer({ id, mode, toServer, points, retransmissions }: TransferPlot): Html {
  const of = (kind: TransferPoint['kind']) => points.filter((point) => point.kind === kind);
  const [sent, retransmitted, acks] = [of('sent'), of('retransmission'), of('ack')];
  const began = points[0]?.at ?? 0;
  const place = ({ at, sequence }: TransferPoint) => [at - began, sequence] as const;
  const way = toServer ? 'client to server' : 'server to client';
  return html`<section class="transfer"><h3>${mode}, ${way} <code>${id}</code></h3>
<p class="note">${counted(sent.length, 'datagram')} sent for the first time, ${counted(retransmissions, 'retransmission')},
${counted(acks.length, 'ACK')}${points.length === 0 ? '' : `; from frame ${count(points[0]!.frame)} to ${count(points.at(-1)!.frame)}`}</p>
${
  points.length === 0
    ? undefined
    : drawPlot({
        alternative: `Sequence numbers over time, ${mode}, ${way}: ${count(sent.length)} sent, ${count(retransmissions)} retransmitted, ${count(acks.length)} acknowledgments.`,
        x: { name: 'seconds since its first datagram' },
        y: { name: 'sequence number', min: 0 },
        height: 280,
        fine: points.length > CROWD,
        series: [
          { shape: 'cross', colour: 'bad', points: retransmitted.map(place), means: 'retransmission' },
          { shape: 'dot', colour: 'accent', points: sent.map(place), means: 'sent for the first time' },
          { shape: 'ring', colour: 'good', points: acks.map(place), means: 'ACK' },
        ],
      })
}
${
  retransmitted.length === 0
    ? undefined
    : listOf(
        html`${table(retransmitted.slice(0, LISTED), [
          { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame },
          { head: 'Seconds', kind: 'figure', cell: ({ at }) => (at - began).toFixed(6) },
          { head: 'Sequence number', kind: 'figure', cell: ({ sequence }) => count(sequence) },
        ])}${leftOut(Math.min(LISTED, retransmitted.length), retransmitted.length)}`,
        'The retransmissions',
      )
}</section>
`;
}
