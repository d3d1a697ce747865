import { counted, duration } from '#lib/text/figures.ts';
import type { Ladder, Report, Rung } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { hexDump } from './hex.ts';
import type { Section } from './section.ts';

/** A longer time without a packet is shown as a wait, in seconds. */
const WAIT = 0.1;
/** The least and the most pixels between two arrows. */
const NEAR = 4;
const FAR = 28;
const BREAK = 44;

/** The section with some exchanges, packet by packet. */
export function ladders({ ladders: all, matching: { verdicts } }: Report): Section {
  const why =
    verdicts.encrypted > 0
      ? 'the exchanges are encrypted with TLS, and there are no keys'
      : 'the capture has no request and no message';
  return {
    id: 'ladders',
    title: 'Exchanges, packet by packet',
    summary: all.length > 0 ? counted(all.length, 'ladder diagram') : why,
    intro: html`The left line is the client, the right line the server, and time goes down. Each arrow is a packet, with
    its frame number and Wireshark's Info column. The server's journal entry is beside it. Thick arrows carry data: open one
    to see its bytes. Bytes that a fault changed are marked.${
      hasLost(all)
        ? html` An arrow that ends halfway with a cross was
    lost on the way. One with <b>client</b> before its number never reached the server, so its number is that in
    <code>client.pcap</code>.`
        : undefined
    }`,
    body: all.length > 0 ? html`<div class="ladders">${all.map(ladder)}</div>` : undefined,
  };
}

function hasLost(all: readonly Ladder[]): boolean {
  return all.some(({ rungs }) => rungs.some(({ isLost }) => isLost));
}

function ladder({ title, client, server, rungs, moreRungs }: Ladder, index: number): Html {
  const lasts = duration((rungs.at(-1)?.at ?? 0) - (rungs[0]?.at ?? 0));
  // The first one is open, as an example of the others.
  return html`<details class="ladder"${index === 0 ? html` open` : undefined}>
<summary><h3>${title}</h3> <span class="note">${counted(rungs.length, 'frame')} in ${lasts}</span></summary>
<div class="ends"><p><b>client</b> ${client}</p><p><b>server</b> ${server}</p></div>
<p class="unit">seconds</p>
<ol>${rungs.map((rung, index) => html`${wait(rungs[index - 1], rung)}${arrow(rung)}`)}
<li class="gap" style="height:${FAR}px" aria-hidden="true"></li></ol>
${moreRungs > 0 ? html`<p class="note">${counted(moreRungs, 'more frame')} in the capture.</p>` : undefined}</details>
`;
}

/** The space between two arrows: it grows with the logarithm of the time, and becomes a break at a long wait. */
export function gapBefore(previous: Rung | undefined, rung: Rung): { pixels: number; waits?: number } {
  if (!previous) return { pixels: NEAR };
  const passed = rung.at - previous.at;
  if (passed >= WAIT) return { pixels: BREAK, waits: passed };
  const tenfolds = Math.log10(Math.max(passed, 1e-5) / 1e-5) / Math.log10(WAIT / 1e-5);
  return { pixels: Math.round(NEAR + (FAR - NEAR) * tenfolds) };
}

function wait(previous: Rung | undefined, rung: Rung): Html {
  if (rung.earlier) {
    return html`<li class="wait" style="height:${BREAK}px"><span>${counted(rung.earlier, 'frame')} of earlier exchanges</span></li>`;
  }
  const { pixels, waits } = gapBefore(previous, rung);
  if (waits === undefined) return html`<li class="gap" style="height:${pixels}px" aria-hidden="true"></li>`;
  return html`<li class="wait" style="height:${pixels}px"><span>${duration(waits)} without a packet</span></li>`;
}

function arrow(rung: Rung): Html {
  const { at, frame, info, protocol, bytes, marked, comment, toServer, isLost, ofClient } = rung;
  const way = `${toServer ? 'to the server' : 'to the client'}${isLost ? ', lost on the way' : ''}`;
  const label = html`<span class="label"><b>${ofClient ? 'client ' : undefined}${frame}</b> <span class="protocol">${protocol}</span> ${info}</span>
${isLost ? lostShaft(toServer, bytes !== '', way) : shaft(toServer, bytes !== '', way)}`;
  const lane =
    bytes === ''
      ? html`<div class="bare">${label}</div>`
      : html`<details><summary>${label}<span class="chip">${counted(bytes.length / 2, 'byte')}</span></summary>
${hexDump(bytes, marked)}</details>`;
  return html`<li class="rung" data-frame="${frame}"><span class="at">${at.toFixed(6)}</span><div class="lane">${lane}</div>
<div class="comment">${comment && html`<span>${comment}</span>`}</div></li>
`;
}

/** The slanted line of an arrow. It fills its lane at any width without distorting its head. */
function shaft(toServer: boolean, full: boolean, way: string): Html {
  const [from, to] = toServer ? ['0%', '100%'] : ['100%', '0%'];
  const kind = full ? 'full' : 'empty';
  return html`<svg class="shaft ${kind}" role="img" aria-label="${way}"><line x1="${from}" y1="4" x2="${to}" y2="20"
marker-end="url(#head-${kind})"/></svg>`;
}

/** The line of a packet that was lost on the way: it ends halfway with a cross. */
function lostShaft(toServer: boolean, full: boolean, way: string): Html {
  return html`<svg class="shaft ${full ? 'full' : 'empty'}" role="img" aria-label="${way}"><line x1="${toServer ? '0%' : '100%'}" y1="4" x2="50%" y2="12"/>
<svg x="50%" y="12" overflow="visible"><path class="cross" d="M-6 -6L6 6M-6 6L6 -6"/></svg></svg>`;
}

/** The heads of all arrows on the page. */
export const arrowHeads = html`<svg class="defs" width="0" height="0" aria-hidden="true"><defs>
<marker id="head-full" viewBox="0 0 12 10" refX="11" refY="5" markerWidth="12" markerHeight="10" orient="auto"
markerUnits="userSpaceOnUse"><path d="M0 0L12 5L0 10z" fill="var(--ink)"/></marker>
<marker id="head-empty" viewBox="0 0 12 10" refX="11" refY="5" markerWidth="12" markerHeight="10" orient="auto"
markerUnits="userSpaceOnUse"><path d="M1 1L11 5L1 9" fill="none" stroke="var(--muted)" stroke-width="1.5"/></marker>
</defs></svg>`;
