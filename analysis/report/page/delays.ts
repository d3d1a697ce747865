import { deciderNames } from '#lib/lab/deciders.ts';
import { count, counted, duration, median } from '#lib/text/figures.ts';
import type { Delay, Report } from '../facts/facts.ts';
import { html } from './escape.ts';
import { type Axis, drawPlot } from './plot.ts';
import { leftOut, listOf, type Section, table } from './section.ts';

const LISTED = 50;

/** How long answers were to be held back, and how long they were. */
export function delays({ delays: all }: Report): Section {
  return {
    id: 'delays',
    title: 'Delay, configured and seen in packets',
    says:
      all.length > 0
        ? `${counted(all.length, 'delayed answer')}, median ${duration(median(late(all)))} over`
        : 'no answer to a request or message was delayed',
    intro: html`The journal says how long an answer was to be held back; the time between the frame of the message and
that of its answer says how long it was. A mark on the dashed line is a delay that is exactly as configured.`,
    body: all.length > 0 ? body(all) : undefined,
  };
}

function body(all: readonly Delay[]) {
  const most = Math.max(...all.map(({ configured }) => configured));
  const over = late(all);
  return html`<div class="pair">${against(all, {
    alternative: `Delay seen against delay configured, ${counted(all.length, 'answer')}; the median difference is ${duration(median(over))}.`,
    y: { name: 'seen, seconds', min: 0 },
    height: ({ seen }) => seen,
    exact: most,
  })}${against(all, {
    alternative: `How much longer than configured: from ${duration(Math.min(...over))} to ${duration(Math.max(...over))}.`,
    y: { name: 'seen beyond configured, milliseconds' },
    height: ({ configured, seen }) => 1000 * (seen - configured),
    exact: 0,
  })}</div>
${table(
  [...Map.groupBy(all, ({ decider }) => decider)],
  [
    { head: 'Server', cell: ([decider]) => deciderNames[decider] },
    { head: 'Delayed answers', kind: 'figure', cell: ([, some]) => count(some.length) },
    {
      head: 'Longest configured',
      kind: 'figure',
      cell: ([, some]) => duration(Math.max(...some.map(({ configured }) => configured))),
    },
    { head: 'Beyond it, median', kind: 'figure', cell: ([, some]) => duration(median(late(some))) },
    { head: 'at most', kind: 'figure', cell: ([, some]) => duration(Math.max(...late(some))) },
  ],
)}
${listOf(
  html`${table(all.slice(0, LISTED), [
    { head: 'Frame', kind: 'figure', cell: ({ frame }) => frame },
    { head: 'Server', cell: ({ decider }) => deciderNames[decider] },
    { head: 'Configured', kind: 'figure', cell: ({ configured }) => `${configured.toFixed(3)} s` },
    { head: 'Seen', kind: 'figure', cell: ({ seen }) => `${seen.toFixed(6)} s` },
    { head: 'Difference', kind: 'figure', cell: ({ configured, seen }) => duration(seen - configured) },
  ])}${leftOut(Math.min(LISTED, all.length), all.length)}`,
  'Each of them',
)}`;
}

interface Against {
  readonly alternative: string;
  readonly y: Axis;
  /** How high the mark of a delay stands. */
  readonly height: (delay: Delay) => number;
  /** Where the longest delay would stand if it were exactly as configured. */
  readonly exact: number;
}

/** A mark for each delay over what was configured, and a line on which all would stand. */
function against(all: readonly Delay[], { alternative, y, height, exact }: Against) {
  const most = Math.max(...all.map(({ configured }) => configured));
  const line = [
    [0, 0],
    [most, exact],
  ] as const;
  return drawPlot({
    alternative,
    x: { name: 'configured, seconds', min: 0 },
    y,
    height: 220,
    width: 450,
    series: [
      { shape: 'dashes', colour: 'muted', lines: [line], means: 'as configured' },
      {
        shape: 'ring',
        colour: 'accent',
        points: all.map((delay) => [delay.configured, height(delay)] as const),
        means: 'an answer',
      },
    ],
  });
}

function late(all: readonly Delay[]): number[] {
  return all.map(({ configured, seen }) => seen - configured);
}
