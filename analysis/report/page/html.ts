import type { Report } from '../facts/facts.ts';
import { compared } from './compared.ts';
import { delays } from './delays.ts';
import { documentOf } from './document.ts';
import { type Html, html, Html as Markup } from './escape.ts';
import { experiments } from './experiments.ts';
import { exposed } from './exposed.ts';
import { flows } from './flows.ts';
import { hasFrames, lab, problems } from './lab.ts';
import { arrowHeads, ladders } from './ladder.ts';
import { matching } from './matching.ts';
import { moment } from './moment.ts';
import { outcomes } from './outcomes.ts';
import type { Section } from './section.ts';
import { style } from './style.ts';
import { threeWays } from './three-ways.ts';
import { timeline } from './timeline.ts';
import { transfers } from './transfers.ts';
import { wire } from './wire.ts';

const sections = [
  lab,
  outcomes,
  timeline,
  delays,
  ladders,
  transfers,
  flows,
  exposed,
  matching,
  compared,
] as const;

/** The section after the first one that only a run with a wire has. */
const ofWire = [wire] as const;

/** Sections that only a demo has. */
const ofDemo = [experiments, threeWays] as const;

/** The report as one self-contained page. */
export function renderReport(report: Report): string {
  const isDemo = report.experiments.length + report.threeWays.length > 0;
  const [first, ...others] = sections;
  const wanted = [first, ...(isDemo ? ofDemo : []), ...(report.wire ? ofWire : []), ...others];
  const all = wanted.map((section) => section(report));
  const why = hasFrames(report) ? '' : 'the captures have no frame';
  const body = html`${arrowHeads}
<header class="top">
<p class="brand">wirelab</p>
<h1>What went over the wire</h1>
<p class="note">Report of a run, made ${moment(report.made)}. Frame numbers are those of
<code>server.pcap</code> unless stated otherwise.</p>
${problems(report)}
</header>
<nav aria-label="Contents"><ol>
${all.map(
  ({
    id,
    title,
    summary,
    body,
  }) => html`<li${body ? '' : new Markup(' class="nothing"')}><a href="#${id}">${title}</a> <span>${summary}</span></li>
`,
)}</ol></nav>
<main>
${all.map((section, index) => shown(section, index + 1, why))}</main>`;
  return documentOf({ title: 'wirelab: what went over the wire', style, body });
}

function shown({ id, title, summary, intro, body }: Section, number: number, why: string): Html {
  return html`<section id="${id}" class="part"><h2><span class="number">${number}</span> ${title}</h2>
${body ? html`<p class="intro">${intro}</p>${body}` : html`<p class="nothing">Nothing to show: ${why || summary}.</p>`}
</section>
`;
}
