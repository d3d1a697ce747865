import { documentOf } from '#analysis/report/page/document.ts';
import { type Html, html, type Value } from '#analysis/report/page/escape.ts';
import { type HandIn, questionsOf } from './hand-in.ts';
import { pageStyle } from './page-style.ts';
import { pairFlags } from './pairs.ts';

/** The class of the body of a report, by which another grading knows it. */
export const REPORT = 'report-of-hand-in';

/** A whole page. */
export function pageOf(title: string, body: Value, kind: 'matrix' | typeof REPORT): string {
  return documentOf({ title, style: pageStyle, body, kind });
}

/**
 * The page with all grades: a row a hand-in, which leads to its report.
 *
 * @param pages the path of each report from the page
 */
export function gradesPage(
  handIns: readonly HandIn[],
  pages: ReadonlyMap<HandIn, string>,
  made: Date,
): string {
  const flagged = handIns.filter(({ flags }) => flags.length > 0);
  const shares = handIns.flatMap(({ scored, points }) => (points > 0 ? [scored / points] : []));
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length;
  const content = html`<header class="top">
<p class="brand">wirelab</p>
<h1>Grades</h1>
<p class="note">Made ${made.toISOString().slice(0, 16).replace('T', ' ')} UTC. Each name leads to a report with questions,
reasons and frames. A flag alone takes no points: look at it and decide.</p>
<dl class="figures-row">
<div><dt>hand-ins</dt><dd>${handIns.length}</dd></div>
<div><dt>with a flag</dt><dd>${flagged.length}</dd></div>
<div><dt>mean of the points</dt><dd>${shares.length > 0 ? `${Math.round(mean * 100)} %` : '–'}</dd></div>
</dl>
</header>
<main>
${matrix(handIns, pages)}
${flagList(flagged, pages)}
</main>`;
  return pageOf('wirelab: grades', content, 'matrix');
}

function matrix(handIns: readonly HandIn[], pages: ReadonlyMap<HandIn, string>): Html {
  const questions = questionsOf(handIns);
  const head = questions.map((question) => html`<th scope="col" class="figure">${question}</th>`);
  const rows = handIns.map((handIn) => {
    const { judged, name, sheet, scored, points, flags } = handIn;
    const cells = questions.map((question) => {
      const result = judged.results.find((one) => one.question === question);
      return result ? pointsCell(result) : html`<td class="figure"></td>`;
    });
    const chips = flags.map(({ flag }) => html`<span class="flag">${flag}</span>`);
    const sum = points > 0 ? html`<strong>${scored}</strong> of ${points}` : '–';
    return html`<tr><th scope="row"><a href="${pages.get(handIn)}">${name}</a></th><td class="figure sum-of">${sum}</td>${cells}<td
class="sheet">${sheet}</td><td class="flags">${chips}</td></tr>
`;
  });
  return html`<div class="scroll" tabindex="0"><table class="grades"><thead><tr><th scope="col">student</th><th scope="col"
class="figure sum-of">sum</th>${head}<th scope="col">sheet</th><th scope="col">flags</th></tr></thead>
<tbody>${rows}</tbody></table></div>`;
}

/** The points of a question. A full one has a sign too, so colour adds nothing that is not there. */
function pointsCell({ scored, points }: { readonly scored: number; readonly points: number }): Html {
  const kind = scored >= points ? 'all' : scored > 0 ? 'some' : 'none';
  const sign = { all: '✓', some: '~', none: '✗' }[kind];
  return html`<td class="figure ${kind}">${scored} ${sign}</td>`;
}

/** The most details of a flag on the page of grades. The report has more. */
const MOST_DETAILS = 3;

/** Every flag with its first details, so that a teacher sees pairs at a glance. */
function flagList(flagged: readonly HandIn[], pages: ReadonlyMap<HandIn, string>): Html | undefined {
  if (flagged.length === 0) return undefined;
  const items = flagged.map(
    (handIn) => html`<article class="found"><header><h3><a href="${pages.get(handIn)}">${handIn.name}</a></h3>
<span class="note">${handIn.file}</span></header><ul>${handIn.flags.map(
      ({ flag, details, count }) =>
        html`<li><strong>${flag}</strong>: ${details.slice(0, MOST_DETAILS).join('; ')}${count > MOST_DETAILS ? `; and ${count - MOST_DETAILS} more` : ''}</li>`,
    )}</ul></article>
`,
  );
  const hasPair = flagged.some((handIn) => pairFlags.some((flag) => handIn.has(flag)));
  const sides = html`<p class="note">Two hand-ins that share something are both flagged, and no flag says who copied. Each
report has the time when its hand-in was made. It can be forged, so ask both in person.</p>`;
  return html`<section class="part"><h2>What does not fit together</h2>${hasPair ? sides : undefined}${items}</section>`;
}
