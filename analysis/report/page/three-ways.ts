import { type ThreeWays, type Way, type WayName, wayNames } from '#analysis/experiments/results.ts';
import { capital, counted } from '#lib/text/figures.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { hexDump } from './hex.ts';
import { type Section, sign, table } from './section.ts';

/** Who can read a way, as its head. */
const readers = {
  everybody: { good: false, word: 'readable for everybody' },
  'key holders': { good: true, word: 'readable only with the keys' },
  nobody: { good: true, word: 'unreadable' },
} as const satisfies Record<Way['readBy'], unknown>;

/** The section with the same exchange in plain text, over TLS, and over TLS with keys. */
export function threeWays({ threeWays: all }: Report): Section {
  return {
    id: 'three-ways',
    title: 'The same exchange three ways',
    summary:
      all.length > 0 ? 'plain text, TLS, and TLS with keys, side by side' : 'no exchange was made three ways',
    intro: html`The client sent the same three times: in plain text, over TLS, and over TLS while the servers kept the
      keys. Everybody between the hosts can read the first. Nobody can read the others without the keys. All three show
      who talks to whom, when, and how much.`,
    body: all.length > 0 ? html`${all.map(one)}` : undefined,
  };
}

function one(threeWays: ThreeWays): Html {
  const { what, agrees, seen, ways } = threeWays;
  const [hello] = ways.flatMap((way) => way.hello ?? []);
  return html`<article class="experiment">
<header><h3>${what}</h3>${sign(agrees ? 'good' : 'bad', agrees ? 'agrees' : 'does not agree')}</header>
<div class="ways">${each(ways, (way) => gist(way, threeWays))}</div>
${agrees ? undefined : html`<p>${seen}</p>`}
<h4>On the wire</h4>
<div class="ways wires">${each(ways, (way) => onTheWire(way, threeWays))}</div>
<h4>What TLS does not hide</h4>
${notHidden(ways)}
${
  hello &&
  html`<p><b class="frame">frame ${hello.frame}</b> The client's first TLS packet names the server, before
  anything is encrypted:</p>${hexDump(hello.wire, hello.marked, 0)}`
}</article>
`;
}

/** The three ways in order. */
function each(ways: readonly Way[], show: (way: Way) => Html): Html[] {
  return wayNames.map((name) => {
    const way = ways.find((found) => found.name === name);
    const kind = way && (readers[way.readBy].good ? 'encrypted' : 'exposed');
    return html`<section class="way ${kind}"><h4>${capital(name)}</h4>
${way ? show(way) : html`<p class="nothing">The capture has no such exchange.</p>`}</section>`;
  });
}

/** What can be read, and by whom. */
function gist({ readBy }: Way, { plaintext, note }: ThreeWays): Html {
  const { good, word } = readers[readBy];
  return html`<p>${sign(good ? 'good' : 'bad', word)}</p>
<p class="reads"><span>An eavesdropper reads</span> ${readBy === 'everybody' ? html`<mark>${plaintext}</mark>` : html`<b>nothing</b>`}</p>
${withKeys(readBy, plaintext, note)}`;
}

function withKeys(readBy: Way['readBy'], plaintext: string, note: string | undefined): Html | undefined {
  if (readBy === 'everybody') return note === undefined ? undefined : html`<p class="note">${note}</p>`;
  return html`<p class="reads"><span>You, with the keys, read</span> ${
    readBy === 'key holders'
      ? html`<mark>${plaintext}</mark>`
      : html`<b>nothing</b>, because nobody kept them`
  }</p>`;
}

function onTheWire({ name, frame, wire, marked, decrypted }: Way, { secret }: ThreeWays): Html {
  const bytes = wire.length / 2;
  const long =
    name === 'plain text'
      ? counted(bytes, 'byte')
      : `${RECORD_HEADER} bytes of header, ${bytes - RECORD_HEADER} encrypted`;
  return html`<p><b class="frame">frame ${frame}</b> ${long}</p>
${hexDump(wire, marked)}
${decrypted === undefined ? undefined : html`<p>decrypted with the keys</p><pre class="decrypted">${withMark(decrypted, secret)}</pre>`}`;
}

/** A text with each occurrence of a secret marked. */
function withMark(text: string, secret: string): Html {
  const pieces = text
    .trimEnd()
    .replaceAll('\r\n', '\n')
    .split(secret === '' ? /(?!)/ : secret);
  return html`${pieces.map((piece, index) => html`${index > 0 ? html`<mark>${secret}</mark>` : undefined}${piece}`)}`;
}

function notHidden(ways: readonly Way[]): Html {
  const facts = [...new Set(ways.flatMap(({ visible }) => visible.map(({ what }) => what)))];
  const columns = wayNames.map((name: WayName) => {
    const visible = ways.find((way) => way.name === name)?.visible ?? [];
    return {
      head: capital(name),
      cell: (fact: string) => visible.find(({ what }) => what === fact)?.value ?? '–',
    };
  });
  return table(facts, [{ head: '', cell: (fact) => fact }, ...columns]);
}
