import { type Html, html, type Value } from '#analysis/report/page/escape.ts';
import { hexDump } from '#analysis/report/page/hex.ts';
import { sign } from '#analysis/report/page/section.ts';
import { counted } from '#lib/text/figures.ts';
import type { Block } from '../views/plain-prose.ts';
import type { Excerpt } from './excerpts.ts';
import { type Flag, type FrameOf, meanings } from './flags.ts';
import type { HandIn } from './hand-in.ts';
import type { Judged, JudgedResult } from './judged.ts';
import { pageOf, REPORT } from './page.ts';

const signs = {
  done: sign('good', 'done'),
  'not-yet': sign('unknown', 'not yet'),
  wrong: sign('bad', 'wrong'),
} as const;

/** The report of one hand-in: its questions with reasons, what does not fit together, and the frames that show it. */
export function reportPage(handIn: HandIn): string {
  const { name, file, sheet, judged, scored, points, flags, seconds } = handIn;
  const texts = new Map(judged.asked.map(({ question, blocks }) => [question, blocks]));
  const shown = new Set(judged.excerpts.map(idOf));
  const content = html`<p class="back"><a href="../grades.html">← all grades</a></p>
<header class="top">
<p class="brand">wirelab · ${sheet || 'unknown sheet'}</p>
<h1>${name}</h1>
<p class="sum">${scored} <span>of ${counted(points, 'point')}</span></p>
<p class="note">${file}${judged.made ? `, made ${timeOf(judged.made)}` : ''}; graded in ${seconds.toFixed(1)} s</p>
${numbersOf(judged)}
</header>
<main>
${flags.length > 0 ? html`<section class="part"><h2>What does not fit together</h2>${flags.map((flag) => found(flag, shown))}</section>` : undefined}
<section class="part"><h2>Questions</h2>
${judged.results.length > 0 ? judged.results.map((result) => question(result, texts.get(result.question) ?? [], shown)) : html`<p class="nothing">No question was graded.</p>`}
</section>
${judged.excerpts.length > 0 ? html`<section class="part"><h2>Frames</h2>${judged.excerpts.map(excerpt)}</section>` : undefined}
</main>`;
  return pageOf(`${name}: ${sheet}`, content, REPORT);
}

function found({ flag, details, count, frames }: Flag, shown: ReadonlySet<string>): Html {
  const more = count - details.length;
  return html`<article class="found"><header><h3><span class="flag">${flag}</span></h3></header>
<p>${meanings[flag]}</p>
<ul>${details.map((detail) => html`<li>${detail}</li>`)}${more > 0 ? html`<li>and ${more} more</li>` : undefined}</ul>
${frames.length > 0 ? html`<p class="note">${frames.length === 1 ? 'frame' : 'frames'} ${framesIn(frames, shown)}</p>` : undefined}</article>
`;
}

/** `2026-11-30 16:48 UTC`. A student can write anything in its place. */
function timeOf(made: string): string {
  return made.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):[\d.]+Z$/, '$1 $2 UTC');
}

/** What is the student's own: the values of the sheet, the seed and the address. */
function numbersOf({ drawn, numbers }: Judged): Html | undefined {
  const own = numbers ? [['seed', numbers.seed] as const, ['client host', numbers.address] as const] : [];
  const all = [...drawn.map(({ name, value }) => [name, value] as const), ...own];
  if (all.length === 0) return undefined;
  const each = all.map(([name, value]) => html`<div><dt>${name}</dt><dd><code>${value}</code></dd></div>`);
  return html`<h2 class="own">Numbers of this student</h2>
<dl class="numbers">${each}</dl>`;
}

function question(
  { question, points, scored, state, reason, hint, answer, answers = 0, truth, frames }: JudgedResult,
  text: readonly Block[],
  shown: ReadonlySet<string>,
): Html {
  return html`<article class="question"><header><h3>Question ${question}</h3><span class="points">${signs[state]} ${scored} of ${points}</span></header>
${text.length > 0 ? html`<div class="asked">${text.map(blockOf)}</div>` : undefined}
<dl>${row('answer', answer === undefined ? undefined : html`<code>${answer}</code>${answers > 1 ? html` <span class="note">answered ${answers} times</span>` : undefined}`)}${row('result', reason)}${row(
    'right answer',
    truth === undefined ? undefined : html`<code>${truth}</code>`,
  )}${row('hint', hint)}${row(frames.length === 1 ? 'frame' : 'frames', framesIn(frames, shown))}</dl></article>
`;
}

function row(name: string, value: Value): Html | undefined {
  return value === undefined || value === '' ? undefined : html`<dt>${name}</dt><dd>${value}</dd>`;
}

function blockOf({ kind, pieces }: Block): Html {
  const inside = pieces.map(({ text, isCode }) => (isCode ? html`<code>${text}</code>` : html`${text}`));
  if (kind === 'code') return html`<pre>${inside}</pre>`;
  return kind === 'item' ? html`<p class="item">${inside}</p>` : html`<p>${inside}</p>`;
}

/** `6, 8 of server.pcap; 9 of client.pcap`, each of them a link where the frame is shown. */
function framesIn(frames: readonly FrameOf[], shown: ReadonlySet<string>): Html | undefined {
  if (frames.length === 0) return undefined;
  const captures = [...Map.groupBy(frames, ({ capture }) => capture)];
  const each = captures.map(([capture, all], at) => {
    const numbers = all.map((frame, index) => {
      const { number } = frame;
      const linked = shown.has(idOf(frame)) ? html`<a href="#${idOf(frame)}">${number}</a>` : number;
      return html`${index > 0 ? ', ' : ''}${linked}`;
    });
    return html`${at > 0 ? '; ' : ''}${numbers} of ${capture}.pcap`;
  });
  return html`${each}`;
}

function idOf({ capture, number }: FrameOf): string {
  return `${capture}-${number}`;
}

function excerpt(one: Excerpt): Html {
  const { capture, number, time, source, destination, protocol, info, length, payload, bytes } = one;
  const more = bytes - payload.length / 2;
  return html`<article class="shown" id="${idOf(one)}"><h3>Frame ${number} of ${capture}.pcap</h3>
<p class="note">${time.toFixed(6)} s · ${source} → ${destination} · ${protocol} · ${counted(length, 'byte')}</p>
<p class="info">${info}</p>
${payload === '' ? undefined : hexDump(payload)}${more > 0 ? html`<p class="note">and ${counted(more, 'more byte')}</p>` : undefined}</article>
`;
}
