import { deciderNames } from '#lib/lab/deciders.ts';
import { count, counted, duration, median } from '#lib/text/figures.ts';
import type { Delay, Report } from '../facts/facts.ts';
import { html } from './escape.ts';
import { type Axis, drawPlot } from './plot.ts';
import { leftOut, listOf, type Section, table } from './section.ts';

const LISTED = 50;

/** The section on delays: as journaled, and as the packets show them. */
export function delays({ delays: all }: Report): Section {
  return {
    id: 'delays',
    title: 'Delay, configured and seen in packets',
    summary:
      all.length > 0
        ? `${counted(all.length, 'delayed response')}, median ${duration(median(late(all)))} over`
        : 'no response was delayed',
    intro: html`The journal has the delay that was decided. The time between the frames of request and response is the
    delay that happened. A mark on the dashed line is a delay exactly as decided.`,
    body: all.length > 0 ? body(all) : undefined,
  };
}

function body(all: readonly Delay[]) {
  const most = Math.max(...all.map(({ configured }) => configured));
  const over = late(all);
  return html`<div class="pair">${against(all, {
    alternative: `Delay seen against delay configured, ${counted(all.length, 'response')}; the median difference is ${duration(median(over))}.`,
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
    { head: 'Delayed responses', kind: 'figure', cell: ([, some]) => count(some.length) },
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
  'All delays',
)}`;
}

interface Against {
  readonly alternative: string;
  readonly y: Axis;
  /** The height of a delay's mark. */
  readonly height: (delay: Delay) => number;
  /** The height of the longest delay if it were exactly as configured. */
  readonly exact: number;
}

/** A plot with a mark for each delay, and a line for delays exactly as configured. */
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
        means: 'a response',
      },
    ],
  });
}

function late(all: readonly Delay[]): number[] {
  return all.map(({ configured, seen }) => seen - configured);
}
