import type { Evidence, Experiment } from '#analysis/experiments/results.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { hexDump } from './hex.ts';
import { type Section, sign, table } from './section.ts';

/** What the demo expected of each experiment, and what the packets show. */
export function experiments({ experiments: all }: Report): Section {
  const agree = all.filter(({ agrees }) => agrees).length;
  return {
    id: 'experiments',
    title: 'Experiments',
    says: all.length > 0 ? `${agree} of ${all.length} agree` : 'this run was no demo',
    intro: `Each experiment says beforehand what must go over the wire, and the frames of the server's capture show
      what did. Bytes that matter are marked. § is the
      section of the seed document that an experiment is of.`,
    body: all.length > 0 ? html`${overview(all)}${all.map(experiment)}` : undefined,
  };
}

function overview(all: readonly Experiment[]): Html {
  const rows = all.map((one, index) => ({ ...one, index }));
  return table(rows, [
    { head: 'Section', cell: ({ section }) => section && `§ ${section}` },
    { head: 'Experiment', cell: ({ title, index }) => html`<a href="#experiment-${index + 1}">${title}</a>` },
    { head: 'Expected and seen', cell: ({ agrees }) => told(agrees) },
  ]);
}

function experiment({ section, title, expected, seen, agrees, evidence }: Experiment, index: number): Html {
  return html`<article class="experiment" id="experiment-${index + 1}">
<header><h3>${section && html`<span class="of">§ ${section}</span> `}${title}</h3>${told(agrees)}</header>
<dl><dt>Expected</dt><dd>${expected}</dd><dt>Seen</dt><dd>${seen}</dd></dl>
<div class="evidences">${evidence.map(shown)}</div></article>
`;
}

function shown({ frame, info, says, bytes, marked }: Evidence): Html {
  return html`<div class="evidence"><p><b class="frame">frame ${frame}</b> ${says}</p>
<p class="info">${info}</p>${bytes === '' ? undefined : hexDump(bytes, marked)}</div>`;
}

function told(agrees: boolean): Html {
  return sign(agrees ? 'good' : 'bad', agrees ? 'agrees' : 'does not agree');
}
