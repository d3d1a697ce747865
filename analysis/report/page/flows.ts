import { causes, type FlowFacts, type Retransmission } from '#analysis/flows/facts.ts';
import { retransmissionsOf } from '#analysis/flows/sender.ts';
import { rateOf, sharedFlows } from '#analysis/flows/shares.ts';
import { count, counted } from '#lib/text/figures.ts';
import type { Report, WireFacts } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { detailPlot, flightPlot, queuePlot, sequencePlot, throughputPlot, tripPlot } from './flow-plots.ts';
import { sharesOf } from './flow-shares.ts';
import { leftOut, listOf, type Section, table } from './section.ts';

const LISTED = 100;

const words = {
  fast: 'fast',
  timeout: 'after a timeout',
  'tail-probe': 'as a tail probe',
  unclear: 'of unclear cause',
} as const;

/** The section on large TCP flows: what TCP did, from the capture of the sender. */
export function flows({ flows: all, flowsInAll, wire }: Report): Section {
  const retransmitted = all.reduce((sum, flow) => sum + retransmissionsOf(flow), 0);
  return {
    id: 'flows',
    title: 'TCP at work',
    summary:
      all.length > 0
        ? `${counted(flowsInAll, 'large flow')}, ${counted(retransmitted, 'retransmission')}`
        : 'no TCP connection carried a megabyte',
    intro: html`A TCP connection that carries a megabyte or more, as the capture of its sender has it. In the first plot,
    each mark is data: further to the right is later, higher up is further in the stream. The ACK line follows the data one
    round trip later. What lies between both is in flight.`,
    body:
      all.length > 0
        ? html`${sharedFlows(all).map(sharesOf)}${all.map((flow) => flowOf(flow, wire))}${leftOut(all.length, flowsInAll, 'The largest')}`
        : undefined,
  };
}

function flowOf(flow: FlowFacts, wire: WireFacts | undefined): Html {
  const { client, server, sender, congestion, retransmitted, detail, queue } = flow;
  const [from, to] = sender === 'client' ? [client, server] : [server, client];
  return html`<section class="transfer"><h3>${flow.flow && html`Flow <code>${flow.flow}</code>, `}${sender} host sends${congestion ? `, ${congestion}` : ''} <code>${from} → ${to}</code></h3>
<p class="note">Frames ${count(flow.firstFrame)} to ${count(flow.lastFrame)} of <code>${sender}.pcap</code>. ${described(flow)}</p>
${inForce(flow, wire).map((line) => html`<p class="note">${line}</p>`)}
<dl class="tiles">${figuresOf(flow).map(([what, figure]) => html`<div><dt>${what}</dt><dd>${figure}</dd></div>`)}</dl>
${part('Bytes of the stream', sequencePlot(flow))}
${detail.length > 0 ? part('Around the first retransmission, every packet', detailPlot(flow)) : undefined}
${part('Bytes in flight', flightPlot(flow))}
${part('Round trips', tripPlot(flow))}
${queue.length > 0 ? part('The queue of the wire', queuePlot(flow)) : undefined}
${part('Throughput', throughputPlot(flow))}
${retransmitted.length > 0 ? retransmissions(flow) : undefined}</section>
`;
}

/** What the wire was asked to do when the flow began, and meanwhile. The journal does not say when a wire is removed. */
function inForce({ began, seconds }: FlowFacts, wire: WireFacts | undefined): Html[] {
  const begin = Date.parse(began);
  const all = (wire?.conditions ?? []).map((one) => ({
    ...one,
    after: (Date.parse(one.from) - begin) / 1000,
  }));
  const before = all.findLast(({ after }) => after <= 0);
  const during = all.filter(({ after }) => after > 0 && after <= seconds);
  const both = ({ up, down }: { readonly up: string; readonly down: string }) =>
    html`up <code>${up}</code>, down <code>${down}</code>`;
  return [
    ...(before ? [html`The wire, by the last entry of <code>wire.log</code> before: ${both(before)}.`] : []),
    ...during.map((one) => html`The wire was changed after ${one.after.toFixed(2)} s: ${both(one)}.`),
  ];
}

function part(title: string, plot: Html): Html {
  return html`<div class="part-of-flow"><h4>${title}</h4>${plot}</div>`;
}

function described(flow: FlowFacts): string {
  const { needless } = flow;
  const found = causes.filter((cause) => flow.retransmissions[cause] > 0);
  const list = found.map((cause) => `${count(flow.retransmissions[cause])} ${words[cause]}`).join(', ');
  const again = found.length === 0 ? 'Nothing was retransmitted.' : `Retransmitted: ${list}.`;
  const told = needless > 0 ? ` The receiver reports ${count(needless)} of them as needless.` : '';
  return `${again}${told}`;
}

function figuresOf(flow: FlowFacts): [what: string, figure: string][] {
  const { bytes, seconds, roundTrip } = flow;
  const rate = rateOf(flow) / 1e6;
  return [
    ['MB', (bytes / 1e6).toFixed(2)],
    ['seconds', seconds.toFixed(2)],
    ['Mbit/s', rate.toFixed(rate < 100 ? 2 : 0)],
    ['retransmitted', count(retransmissionsOf(flow))],
    ['duplicate ACKs', count(flow.duplicateAcks)],
    ['round trip, ms', roundTrip ? `${short(roundTrip.shortest)}–${short(roundTrip.longest)}` : '–'],
  ];
}

function short(milliseconds: number): string {
  return milliseconds.toFixed(milliseconds < 1 ? 2 : milliseconds < 10 ? 1 : 0);
}

function retransmissions({ retransmitted, ...flow }: FlowFacts): Html {
  const rows = retransmitted.slice(0, LISTED);
  return listOf(
    html`<p class="note">One row for each frame. Offload can make one frame of several segments.</p>${table(
      rows,
      [
        { head: 'Frame', kind: 'figure', cell: ({ frame }: Retransmission) => frame },
        { head: 'Seconds', kind: 'figure', cell: ({ at }) => at.toFixed(6) },
        { head: 'Byte of the stream', kind: 'figure', cell: ({ from }) => count(from) },
        { head: 'Bytes', kind: 'figure', cell: ({ from, to }) => count(to - from) },
        { head: 'Cause', cell: ({ cause }) => words[cause] },
      ],
    )}${leftOut(rows.length, flow.retransmittedFrames)}`,
    'The retransmissions',
  );
}
