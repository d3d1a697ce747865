import { deciderNames } from '#lib/lab/deciders.ts';
import { counted, percent } from '#lib/text/figures.ts';
import type { OutcomeFacts, Period, Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { moment } from './moment.ts';
import { drawPlot, type Point } from './plot.ts';
import { figuresOf, type Section, table } from './section.ts';

/** The section on outcomes: configured probabilities and observed shares. */
export function outcomes({ periods }: Report): Section {
  const drawn = periods.filter(isDrawn);
  const scripts = periods.filter((period) => !isDrawn(period));
  const compared = drawn.filter(isShown).flatMap((period) => period.outcomes.filter(isCompared));
  const inside = compared.filter(isInside).length;
  return {
    id: 'outcomes',
    title: 'Configured and observed outcomes',
    summary:
      periods.length === 0
        ? 'the journals have no decision'
        : compared.length === 0
          ? scripts.length === 0
            ? 'the packets confirm none of the decisions'
            : `${counted(scripts.length, 'script')}, which leave nothing to chance`
          : `${inside} of ${compared.length} configured shares within their 95 % intervals`,
    intro: html`A server draws the outcome of each request or message. Its fault profile has the probabilities. The dot is
    the share in the packets; the line around it is the 95 % interval. In 19 of 20 cases the long-run share is on that line.
    Few packets make a long line.`,
    body:
      periods.length === 0
        ? undefined
        : html`${drawn.map(period)}${
            scripts.length > 0
              ? html`<h3>Scripts</h3>
<p>A script has its outcomes in a fixed order, so there is no probability to compare.</p>
${scripted(scripts)}`
              : undefined
          }`,
  };
}

function period(one: Period): Html {
  const seen = one.outcomes.reduce((sum, outcome) => sum + outcome.seen, 0);
  const share = (outcome: OutcomeFacts) => (seen > 0 ? outcome.seen / seen : Number.NaN);
  return html`<section class="period"><h3>${deciderNames[one.decider]} <code>${one.profile}</code></h3>
<p class="note">${one.from && html`from ${moment(one.from)}, `}${one.seed === undefined ? undefined : html`seed <code>${one.seed}</code>, `}${counted(one.total, 'decision')}</p>
${seen > 0 ? plot(one, share) : html`<p>The packets confirm none of these decisions.</p>`}
${figuresOf(
  table(one.outcomes, [
    { head: 'Outcome', kind: 'code', cell: ({ outcome }) => outcome },
    { head: 'Configured', kind: 'figure', cell: ({ configured }) => percent(configured ?? Number.NaN) },
    { head: 'In the journal', kind: 'figure', cell: ({ journaled }) => journaled },
    { head: 'In packets', kind: 'figure', cell: (outcome) => outcome.seen },
    { head: 'Share', kind: 'figure', cell: (outcome) => percent(share(outcome)) },
    { head: '95 % interval', kind: 'figure', cell: ({ low, high }) => `${percent(low)} to ${percent(high)}` },
    { head: 'Configured is', cell: (outcome) => (isCompared(outcome) ? whether(isInside(outcome)) : '–') },
  ]),
)}</section>
`;
}

function plot({ decider, outcomes: rows }: Period, share: (outcome: OutcomeFacts) => number): Html {
  const at = (value: (outcome: OutcomeFacts) => number | undefined): Point[] =>
    rows.flatMap((outcome, row) => {
      const x = value(outcome);
      return x === undefined || !Number.isFinite(x) ? [] : [[100 * x, row] as const];
    });
  const low = at(({ low }) => low);
  const high = at(({ high }) => high);
  const described = rows.map((outcome) => {
    const configured = percent(outcome.configured ?? Number.NaN);
    return `${outcome.outcome}: configured ${configured}, seen ${percent(share(outcome))}`;
  });
  return drawPlot({
    alternative: `Shares of the outcomes of ${deciderNames[decider]}. ${described.join('; ')}.`,
    x: { name: '% of decisions', min: 0, max: 100, steps: { wide: 10, narrow: 25 } },
    y: rows.map(({ outcome }) => outcome),
    height: 30 * rows.length,
    series: [
      {
        shape: 'line',
        colour: 'ink',
        lines: low.flatMap((from, index) => (high[index] ? [[from, high[index]] as const] : [])),
        means: '95 % interval',
      },
      { shape: 'bar', colour: 'ink', points: [...low, ...high] },
      { shape: 'big', colour: 'ink', points: at(share), means: 'seen in packets' },
      { shape: 'diamond', colour: 'accent', points: at(({ configured }) => configured), means: 'configured' },
    ],
  });
}

function scripted(scripts: readonly Period[]): Html {
  return table(scripts, [
    { head: 'Server', cell: ({ decider }) => deciderNames[decider] },
    { head: 'From', cell: ({ from }) => moment(from) },
    { head: 'Script', kind: 'code', cell: ({ profile }) => profile },
    { head: 'Decisions', kind: 'figure', cell: ({ total }) => total },
    {
      head: 'In packets, of those in the journal',
      cell: ({ outcomes: all }) => all.map(ofScript).join(', '),
    },
  ]);
}

function ofScript({ outcome, seen, journaled }: OutcomeFacts): string {
  return `${outcome} ${seen} of ${journaled}`;
}

function isDrawn({ outcomes: all }: Period): boolean {
  return all.some(({ configured }) => configured !== undefined);
}

/** Whether packets confirm any of its decisions. */
function isShown({ outcomes: all }: Period): boolean {
  return all.some(({ seen }) => seen > 0);
}

function isCompared({ configured, low, high }: OutcomeFacts): boolean {
  return configured !== undefined && Number.isFinite(low) && Number.isFinite(high);
}

function isInside({ configured, low, high }: OutcomeFacts): boolean {
  return configured !== undefined && low <= configured && configured <= high;
}

function whether(inside: boolean): string {
  return inside ? '✓ inside' : '✗ outside';
}
