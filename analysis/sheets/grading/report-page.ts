import { type Html, html } from '#analysis/report/page/escape.ts';
import { hexDump } from '#analysis/report/page/hex.ts';
import { sign } from '#analysis/report/page/section.ts';
import { counted } from '#lib/text/figures.ts';
import type { Excerpt } from './excerpts.ts';
import { type Flag, type FrameOf, meanings } from './flags.ts';
import type { HandIn } from './hand-in.ts';
import type { JudgedResult } from './judged.ts';
import { pageOf } from './page.ts';

const signs = {
  done: sign('good', 'done'),
  'not-yet': sign('unknown', 'not yet'),
  wrong: sign('bad', 'wrong'),
} as const;

/** The report of one hand-in: its questions with reasons, what does not fit together, and the frames that show it. */
export function reportPage(handIn: HandIn): string {
  const { name, file, sheet, judged, scored, points, flags, seconds } = handIn;
  const shown = new Set(judged.excerpts.map(idOf));
  const content = html`<p class="back"><a href="grades.html">← all grades</a></p>
<header class="top">
<p class="brand">wirelab · ${sheet || 'unknown sheet'}</p>
<h1>${name}</h1>
<p class="sum">${scored} <span>of ${counted(points, 'point')}</span></p>
<p class="note">${file}${judged.made ? `, made ${judged.made}` : ''}; graded in ${seconds.toFixed(1)} s</p>
</header>
<main>
${flags.length > 0 ? html`<section class="part"><h2>What does not fit together</h2>${flags.map((flag) => found(flag, shown))}</section>` : undefined}
<section class="part"><h2>Questions</h2>
${judged.results.length > 0 ? judged.results.map((result) => question(result, shown)) : html`<p class="nothing">No question was graded.</p>`}
</section>
${judged.excerpts.length > 0 ? html`<section class="part"><h2>Frames</h2>${judged.excerpts.map(excerpt)}</section>` : undefined}
</main>`;
  return pageOf(`${name}: ${sheet}`, content);
}

function found({ flag, details, count, frames }: Flag, shown: ReadonlySet<string>): Html {
  const more = count - details.length;
  return html`<article class="found"><header><h3><span class="flag">${flag}</span></h3></header>
<p>${meanings[flag]}</p>
<ul>${details.map((detail) => html`<li>${detail}</li>`)}${more > 0 ? html`<li>and ${more} more</li>` : undefined}</ul>
${links(frames, shown)}</article>
`;
}

function question(
  { question, points, scored, state, reason, hint, answer, truth, frames }: JudgedResult,
  shown: ReadonlySet<string>,
): Html {
  return html`<article class="question"><header><h3>Question ${question}</h3><span class="points">${signs[state]} ${scored} of ${points}</span></header>
<p>${reason}</p>
<dl>${answer === undefined ? undefined : html`<dt>answer</dt><dd><code>${answer}</code></dd>`}${truth === undefined ? undefined : html`<dt>the packets show</dt><dd><code>${truth}</code></dd>`}${hint ? html`<dt>hint</dt><dd>${hint}</dd>` : undefined}</dl>
${links(frames, shown)}</article>
`;
}

/** `frames 6, 8 of server.pcap; 9 of client.pcap`, each of them a link where the frame is shown. */
function links(frames: readonly FrameOf[], shown: ReadonlySet<string>): Html | undefined {
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
  return html`<p class="note">${frames.length === 1 ? 'frame' : 'frames'} ${each}</p>`;
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
