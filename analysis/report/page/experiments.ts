import type { Evidence, Experiment } from '#analysis/experiments/results.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { hexDump } from './hex.ts';
import { type Section, sign, table } from './section.ts';

interface Row {
  readonly title: string;
  readonly agrees: boolean;
  /** The id of the part that shows it. */
  readonly shownIn: string;
}

/** The section on the experiments of a demo: what was expected, and what the packets show. */
export function experiments({ experiments: all, threeWays, notMade }: Report): Section {
  const rows: readonly Row[] = [
    ...threeWays.map(({ what, agrees }) => ({ title: `${what} three ways`, agrees, shownIn: 'three-ways' })),
    ...all.map(({ title, agrees }, index) => ({ title, agrees, shownIn: `experiment-${index + 1}` })),
  ];
  const agree = rows.filter(({ agrees }) => agrees).length;
  return {
    id: 'experiments',
    title: 'Experiments',
    summary: rows.length > 0 ? `${agree} of ${rows.length} experiments agree` : 'this run was no demo',
    intro: html`Each experiment states beforehand what must go over the wire. The frames show what did: those of
      the server's capture, or of the client's where that is written. The important bytes are marked.`,
    body: rows.length > 0 ? html`${overview(rows)}${without(notMade)}${all.map(experiment)}` : undefined,
  };
}

function overview(rows: readonly Row[]): Html {
  return table(rows, [
    { head: 'Experiment', cell: ({ title, shownIn }) => html`<a href="#${shownIn}">${title}</a>` },
    { head: 'Expected and seen', cell: ({ agrees }) => agreement(agrees) },
  ]);
}

function without(notMade: Report['notMade']): Html | undefined {
  return notMade && html`<p>Not made, because this machine had no wire: ${notMade.join('; ')}.</p>`;
}

function experiment({ title, expected, seen, agrees, evidence }: Experiment, index: number): Html {
  return html`<article class="experiment" id="experiment-${index + 1}">
<header><h3>${title}</h3>${agreement(agrees)}</header>
<dl><dt>Expected</dt><dd>${expected}</dd><dt>Seen</dt><dd>${seen}</dd></dl>
<div class="evidences">${evidence.map(shown)}</div></article>
`;
}

function shown({ frame, host, info, caption, bytes, marked }: Evidence): Html {
  const of = host === undefined ? '' : ` of the ${host}`;
  return html`<div class="evidence"><p><b class="frame">frame ${frame}${of}</b> ${caption}</p>
<p class="info">${info}</p>${bytes === '' ? undefined : hexDump(bytes, marked)}</div>`;
}

function agreement(agrees: boolean): Html {
  return sign(agrees ? 'good' : 'bad', agrees ? 'agrees' : 'does not agree');
}
