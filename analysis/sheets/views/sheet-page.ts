import { documentOf } from '#analysis/report/page/document.ts';
import { Html, html } from '#analysis/report/page/escape.ts';
import { style } from '#analysis/report/page/style.ts';
import type { Assignment } from '../sheet/assignment.ts';
import type { Sheet } from '../sheet/schema.ts';
import { markupOf } from './markup.ts';

const ofSheet = `
.sheet pre { background: var(--tint); border-radius: 4px; overflow-x: auto; padding: .7rem .9rem; }
.sheet pre code { font-size: .85rem; overflow-wrap: normal; }
.sheet h2 { margin-top: 2.5rem; }
.sheet table { display: block; overflow-x: auto; margin: 0 0 .9rem; }
.who { display: flex; flex-wrap: wrap; gap: .2rem 1.6rem; color: var(--muted); margin: 0 0 2rem; }
@media print { body { padding: 0; } }`;

/** The sheet as one self-contained page, which runs no script. */
export function sheetPage(
  prose: string,
  { assignment, sheet }: { readonly assignment: Assignment; readonly sheet: Sheet },
): string {
  const { course, language, student } = assignment;
  const { [language]: title = sheet.title.en } = sheet.title;
  const points = sheet.questions.reduce((sum, question) => sum + question.points, 0);
  const [minutes, all] = language === 'de' ? ['Minuten', 'Punkte'] : ['minutes', 'points'];
  const body = html`<p class="brand">wirelab</p>
<p class="who"><span>${student}</span>${course === '' ? undefined : html`<span>${course}</span>`}<span>${sheet.minutes} ${minutes}</span><span>${points} ${all}</span></p>
${new Html(markupOf(prose.replaceAll('](../../', '](../')))}`;
  return documentOf({ title, style: style + ofSheet, body, kind: 'sheet', language });
}
