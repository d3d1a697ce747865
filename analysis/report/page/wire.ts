import { wireReasonNames, wireReasons } from '#analysis/wire/reasons.ts';
import { count, counted, duration, median, percent } from '#lib/text/figures.ts';
import type { Report, WireFacts, WireFaultFacts } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { moment } from './moment.ts';
import { drawPlot, type Point } from './plot.ts';
import { figuresOf, longTable, type Section, table } from './section.ts';

const WAYS = { up: 'up, client to server', down: 'down, server to client' } as const;

/** The section on the wire between both hosts. */
export function wire({ wire: facts, compared }: Report): Section {
  const shell = {
    id: 'wire',
    title: 'The wire',
    intro: html`The wire carries each packet from one host to the other, and loses, delays or alters some on purpose. Its
    journal has an entry for each packet that it did not forward as it was. Each entry is looked for in the captures of both
    hosts.`,
  };
  if (!facts) return { ...shell, summary: 'the run had none', body: undefined };
  const { confirmed, contradicted, unknown } = facts.decisions;
  const all = confirmed + contradicted + unknown;
  const named = compared?.wire?.contradicted ?? [];
  return {
    ...shell,
    summary:
      all === 0
        ? 'it forwarded every packet as it was'
        : `${count(confirmed)} of ${counted(all, 'decision')} confirmed by packets`,
    body: html`<h3>What was in force</h3>
${table(facts.conditions, [
  { head: 'From', cell: ({ from }) => moment(from) },
  { head: 'Seed', cell: ({ seed }) => html`<code>${seed}</code>` },
  { head: 'Up, client to server', kind: 'code', cell: ({ up }) => up },
  { head: 'Down, server to client', kind: 'code', cell: ({ down }) => down },
])}
${facts.faults.length > 0 ? shares(facts.faults) : undefined}
${all > 0 ? verdicts(facts) : undefined}
${
  named.length > 0
    ? html`<h3>Decisions that the packets contradict</h3>
${longTable(named, [
  { head: 'Entry', kind: 'figure', cell: ({ id }) => id },
  { head: 'Decision', kind: 'code', cell: ({ decision }) => decision },
  { head: 'Why', cell: ({ reason }) => wireReasons[reason].meaning },
  { head: 'Frame', cell: ({ frame, host }) => (frame === undefined ? '–' : `${frame} of the ${host}`) },
])}`
    : undefined
}
${facts.delays && delays(facts.delays)}
${facts.queues.map(queue)}`,
  };
}

/** Configured probabilities, and the shares of confirmed decisions among all packets. */
function shares(faults: readonly WireFaultFacts[]): Html {
  return html`<h3>Configured and measured shares</h3>
<p>A share is that of the decisions which packets confirm, among all packets of that time and direction. In 19 of 20 cases
the long-run share is in its 95 % interval. A fault that is impossible for a packet is not applied, so its share is smaller.
A probability that is not for every packet is not compared: one with a filter, or of a <code>tamper</code> rule that needs a text or a TCP segment.</p>
${[...Map.groupBy(faults, ({ from }) => from)].map(sharesFrom)}`;
}

function sharesFrom([from, faults]: readonly [string, readonly WireFaultFacts[]]): Html {
  const packets = [...new Map(faults.map(({ direction, packets: all }) => [direction, all]))];
  return html`<h3>From ${moment(from)}</h3>
<p class="note">${packets.map(([direction, all]) => `${counted(all, 'packet')} ${direction}`).join(', ')}</p>
${table(faults, [
  { head: 'Fault', cell: ({ direction, fault }) => html`<span>${direction} <code>${fault}</code></span>` },
  {
    head: 'Confirmed',
    kind: 'figure',
    cell: ({ confirmed, decided }) => `${count(confirmed)} of ${count(decided)}`,
  },
  { head: 'Configured', kind: 'figure', cell: ({ configured }) => percent(configured ?? Number.NaN) },
  { head: 'Measured', kind: 'figure', cell: ({ confirmed, packets: all }) => percent(confirmed / all) },
  { head: '95 % interval', kind: 'figure', cell: ({ low, high }) => `${percent(low)} to ${percent(high)}` },
  { head: 'Configured is', cell: whether },
])}`;
}

function whether({ configured, low, high }: WireFaultFacts): string {
  if (configured === undefined) return '–';
  return low <= configured && configured <= high ? '✓ inside' : '✗ outside';
}

function verdicts({ decisions: { reasons } }: WireFacts): Html {
  const rows = wireReasonNames.filter((reason) => reasons[reason] !== undefined);
  return html`<h3>What the packets show</h3>
${table(rows, [
  { head: 'Verdict', cell: (reason) => wireReasons[reason].verdict },
  { head: 'Reason', kind: 'code', cell: (reason) => reason },
  { head: 'Meaning', cell: (reason) => wireReasons[reason].meaning },
  { head: 'Decisions', kind: 'figure', cell: (reason) => count(reasons[reason]!) },
])}`;
}

/** The times on the way, as the share of packets that took no longer. */
function delays({ count: all, shares: lengths }: NonNullable<WireFacts['delays']>): Html {
  const pointsOf = (name: 'decided' | 'seen'): Point[] =>
    lengths.map(({ share, [name]: seconds }) => [1000 * seconds, 100 * share]);
  const at = (share: number) => lengths.find((one) => one.share >= share)!;
  return html`<h3>Delays</h3>
<p>The journal has the delay that was decided for each packet. The time between the frames of sender and receiver also has the
time in the queue, and the time that the machine needed. The lines show how many of ${counted(all, 'packet')} took at most
that long; the longest six of 100 are left out.</p>
${drawPlot({
  alternative: `Times on the way. Half of the packets were to be delayed by at most ${duration(at(0.5).decided)}, and took at most ${duration(at(0.5).seen)}.`,
  x: { name: 'milliseconds on the way', min: 0 },
  y: { name: '% of packets', min: 0, max: 100 },
  height: 220,
  series: [
    {
      shape: 'dashes',
      colour: 'muted',
      lines: linesOf(pointsOf('decided').filter((_, at) => at % DASHED === 0)),
      means: 'as decided',
    },
    {
      shape: 'line',
      colour: 'accent',
      lines: linesOf(pointsOf('seen').slice(0, -3)),
      means: 'between both captures',
    },
  ],
})}
${figuresOf(
  table(
    [0, 0.1, 0.5, 0.9, 0.98, 1].map((share) => ({ ...at(share), share })),
    [
      { head: 'Share of packets', kind: 'figure', cell: ({ share }) => percent(share) },
      { head: 'Decided at most', kind: 'figure', cell: ({ decided }) => duration(decided) },
      { head: 'Took at most', kind: 'figure', cell: ({ seen }) => duration(seen) },
    ],
  ),
)}`;
}

/** Dashes need lines of some length: one for this many points. */
const DASHED = 5;

function queue({ direction, dropped, points }: WireFacts['queues'][number]): Html {
  const most = points.reduce((longest, { packets }) => Math.max(longest, packets), 0);
  const line = points.map(({ at, packets }): Point => [at, packets]);
  return html`<h3>Queue ${WAYS[direction]}</h3>
<p>At most ${counted(most, 'packet')} waited, and ${count(dropped)} found no room.</p>
${drawPlot({
  alternative: `Packets that waited for the link over time, at most ${most}.`,
  x: { name: 'seconds since the first frame', min: 0 },
  y: { name: 'packets that waited', min: 0 },
  height: 160,
  fine: true,
  series: [{ shape: 'line', colour: 'ink', lines: linesOf(line, pauseIn(line)), means: 'queue length' }],
})}`;
}

/** A queue without a sample for this many times the usual was empty. */
const PAUSE = 5;

function pauseIn(points: readonly Point[]): number {
  return PAUSE * median(points.slice(1).map(([at], index) => at - points[index]![0]));
}

/** Lines from each point to the next, except over a longer pause. */
function linesOf(points: readonly Point[], pause = Number.POSITIVE_INFINITY): (readonly [Point, Point])[] {
  return points.slice(1).flatMap((to, at) => {
    const from = points[at]!;
    return to[0] - from[0] > pause ? [] : [[from, to] as const];
  });
}
