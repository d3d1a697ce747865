import { reasonNames, type Verdict } from '#analysis/join/verdicts.ts';
import { count, counted, duration, median } from '#lib/text/figures.ts';
import type { DecisionPoint, Report } from '../facts/facts.ts';
import { html } from './escape.ts';
import { drawPlot } from './plot.ts';
import { figuresOf, leftOut, type Section, table } from './section.ts';

/** Short names, before the outcomes in the plot. */
const shortNames = { http: 'HTTP', 'echo-tcp': 'TCP', 'echo-udp': 'UDP' } as const;

/** More marks than this would hide each other on one line. */
const CROWD = 300;

interface Row {
  readonly label: string;
  readonly points: readonly DecisionPoint[];
}

/** The section on the times of requests and their responses. */
export function timeline({ decisions, decisionsInAll }: Report): Section {
  const kept = decisions.filter(({ at }) => Number.isFinite(at));
  return {
    id: 'timeline',
    title: 'Timeline of requests by outcome',
    summary:
      kept.length > 0
        ? counted(decisionsInAll, 'request or message', 'requests and messages')
        : 'the journals have no request and no message',
    intro: html`Each mark is one request or message at its time. Its row is the outcome that the server decided: HTTP is
    the HTTP server, TCP and UDP are the echo server. The line after a mark ends with the response. A dashed line ends with
    the connection, without a response.`,
    body: kept.length > 0 ? body(kept, decisionsInAll) : undefined,
  };
}

function body(decisions: readonly DecisionPoint[], all: number) {
  const rows = rowsOf(decisions);
  const last = decisions.reduce((end, { at, took = 0, waited = took }) => Math.max(end, at + waited), 0);
  const crowded = decisions.length > CROWD;
  const marks = (wanted: readonly Verdict[]) =>
    rows.flatMap(({ points }, row) =>
      points.flatMap(({ at, verdict }, index) =>
        wanted.includes(verdict) ? [[at, row + (crowded ? shift(index) : 0)] as const] : [],
      ),
    );
  const marked = <Of extends object>(wanted: readonly Verdict[], look: Of, means: string) => {
    const points = marks(wanted);
    return { ...look, points, ...(points.length > 0 ? { means } : {}) };
  };
  const lines = (lengthOf: (decision: DecisionPoint) => number | undefined) =>
    rows.flatMap(({ points }, row) =>
      points.flatMap((one) => {
        const length = lengthOf(one) ?? 0;
        return length > last / 500
          ? [
              [
                [one.at, row],
                [one.at + length, row],
              ] as const,
            ]
          : [];
      }),
    );
  const waited = lines((one) => one.waited);
  const waits = {
    lines: waited,
    ...(waited.length > 0 ? { means: 'no response before the connection ended' } : {}),
  };
  return html`${drawPlot({
    alternative: `Requests over time. ${rows.map(({ label, points }) => `${label}: ${points.length}`).join('; ')}.`,
    x: { name: 'seconds since the first frame', min: 0 },
    y: rows.map(({ label }) => label),
    height: 28 * rows.length,
    fine: crowded,
    series: [
      {
        shape: 'line',
        colour: 'muted',
        lines: lines(({ took }) => took),
        means: 'until the response',
      },
      { shape: 'dashes', colour: 'muted', ...waits },
      marked(['confirmed'], { shape: 'dot', colour: 'accent' }, 'confirmed'),
      marked(['encrypted', 'unknown'], { shape: 'ring', colour: 'unknown' }, 'encrypted or unknown'),
      marked(['contradicted'], { shape: 'cross', colour: 'bad' }, 'contradicted'),
    ],
  })}
${crowded ? html`<p class="note">Marks are spread over the height of their row so that they don’t hide each other.</p>` : undefined}
${leftOut(decisions.length, all)}
${figuresOf(
  table(rows, [
    { head: 'Outcome', cell: ({ label }) => label },
    { head: 'Shown', kind: 'figure', cell: ({ points }) => count(points.length) },
    ...reasonNames
      .filter((reason) => decisions.some((one) => one.reason === reason))
      .map((reason) => ({
        head: reason,
        kind: 'figure' as const,
        cell: ({ points }: Row) => count(points.filter((one) => one.reason === reason).length),
      })),
    { head: 'Response after, median', kind: 'figure', cell: ({ points }) => duration(median(times(points))) },
    { head: 'longest', kind: 'figure', cell: ({ points }) => duration(Math.max(...times(points))) },
  ]),
)}`;
}

function rowsOf(decisions: readonly DecisionPoint[]): Row[] {
  const rows = Map.groupBy(decisions, ({ decider, outcome }) => `${shortNames[decider]} ${outcome}`);
  return [...rows].map(([label, points]) => ({ label, points })).toSorted(byDecider);
}

/** An offset within a row that separates near marks. It is the same each time. */
function shift(index: number): number {
  return 0.6 * (((index * 0.618_033_988_75) % 1) - 0.5);
}

const order = Object.values(shortNames) as readonly string[];

function byDecider(one: Row, other: Row): number {
  const place = ({ label }: Row) => order.findIndex((name) => label.startsWith(name));
  return place(one) - place(other) || (one.label < other.label ? -1 : 1);
}

function times(points: readonly DecisionPoint[]): number[] {
  return points.flatMap(({ took }) => took ?? []);
}
