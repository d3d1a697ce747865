import { count, counted } from '#lib/text/figures.ts';
import type { Report, TransferPlot, TransferPoint } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { drawPlot } from './plot.ts';
import { leftOut, listOf, type Section, table } from './section.ts';

const LISTED = 40;
/** More marks than these are drawn smaller. */
const CROWD = 600;

/** Reliable transfers over UDP, as sequence numbers over time. */
export function transfers({ transfers: all }: Report): Section {
  const again = all.reduce((sum, { retransmissions }) => sum + retransmissions, 0);
  return {
    id: 'transfers',
    title: 'Reliable transfer over UDP',
    says:
      all.length > 0
        ? `${counted(all.length, 'plot')}, ${counted(again, 'retransmission')}`
        : 'no transfer is in the capture',
    intro: html`Datagrams are numbered, and the receiver acknowledges them; one that gets lost is sent again. A mark is
a datagram: to the right it is later, higher up it is further on in the data. Rising marks are progress, a
gap between them is a wait, such as for a time-out.`,
    body: all.length > 0 ? html`${all.map(transfer)}` : undefined,
  };
}

function transfer({ id, mode, toServer, points, retransmissions }: TransferPlot): Html {
  const of = (kind: TransferPoint['kind']) => points.filter((point) => point.kind === kind);
  const [sent, again, acks] = [of('sent'), of('retransmission'), of('ack')];
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
        alternative: `Sequence numbers over time, ${mode}, ${way}: ${count(sent.length)} sent, ${count(retransmissions)} sent again, ${count(acks.length)} acknowledgments.`,
        x: { name: 'seconds since its first datagram' },
        y: { name: 'sequence number', min: 0 },
        height: 280,
        fine: points.length > CROWD,
        series: [
          { shape: 'cross', colour: 'bad', points: again.map(place), means: 'sent again' },
          { shape: 'dot', colour: 'accent', points: sent.map(place), means: 'sent for the first time' },
          { shape: 'ring', colour: 'good', points: acks.map(place), means: 'ACK' },
        ],
      })
}
${
  again.length === 0
    ? undefined
    : listOf(
        html`${table(again.slice(0, LISTED), [
          { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame },
          { head: 'Seconds', kind: 'figure', cell: ({ at }) => (at - began).toFixed(6) },
          { head: 'Sequence number', kind: 'figure', cell: ({ sequence }) => count(sequence) },
        ])}${leftOut(Math.min(LISTED, again.length), again.length)}`,
        'The retransmissions',
      )
}</section>
`;
}
