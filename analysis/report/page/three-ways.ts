import { type ThreeWays, type Way, type WayName, wayNames } from '#analysis/experiments/results.ts';
import { capital, counted } from '#lib/text/figures.ts';
import { RECORD_HEADER } from '#lib/tls/record.ts';
import type { Report } from '../facts/facts.ts';
import { type Html, html } from './escape.ts';
import { hexDump } from './hex.ts';
import { type Section, sign, table } from './section.ts';

/** What an eavesdropper gets, as the head of a way. */
const verdicts = {
  everybody: { good: false, word: 'everybody reads it' },
  'key holders': { good: true, word: 'only with the keys' },
  nobody: { good: true, word: 'nobody reads it' },
} as const satisfies Record<Way['readBy'], unknown>;

/** The same exchange in plain text, encrypted, and encrypted with its keys, side by side. */
export function threeWays({ threeWays: all }: Report): Section {
  const agree = all.filter(({ agrees }) => agrees).length;
  return {
    id: 'three-ways',
    title: 'The same exchange three ways',
    says: all.length > 0 ? `${agree} of ${all.length} agree` : 'nothing was said three ways',
    intro: html`The client said the same three times: in plain text, over TLS, and over TLS while the servers kept the
      keys. Whoever is between the hosts reads the first word for word, and of the others nothing without the keys. Who
      talks to whom, when, and how much is to be seen in all three.`,
    body: all.length > 0 ? html`${all.map(one)}` : undefined,
  };
}

function one(said: ThreeWays): Html {
  const { what, agrees, seen, ways } = said;
  const [hello] = ways.flatMap((way) => way.hello ?? []);
  return html`<article class="experiment">
<header><h3>${what}</h3>${sign(agrees ? 'good' : 'bad', agrees ? 'agrees' : 'does not agree')}</header>
<div class="ways">${each(ways, (way) => gist(way, said))}</div>
${agrees ? undefined : html`<p>${seen}</p>`}
<h4>On the wire</h4>
<div class="ways wires">${each(ways, (way) => onTheWire(way, said))}</div>
<h4>What TLS does not hide</h4>
${notHidden(ways)}
${
  hello &&
  html`<p><b class="frame">frame ${hello.frame}</b> The first packet of the client, before anything is
  encrypted, names the server:</p>${hexDump(hello.wire, hello.marked, 0)}`
}</article>
`;
}

/** The three in their order, each with what there is to show of it. */
function each(ways: readonly Way[], show: (way: Way) => Html): Html[] {
  return wayNames.map((name) => {
    const way = ways.find((found) => found.name === name);
    const kind = way && (verdicts[way.readBy].good ? 'sealed' : 'exposed');
    return html`<section class="way ${kind}"><h4>${capital(name)}</h4>
${way ? show(way) : html`<p class="nothing">There is no such exchange in the capture.</p>`}</section>`;
  });
}

/** One look: what is read, and by whom. */
function gist({ readBy }: Way, { reads, note }: ThreeWays): Html {
  const { good, word } = verdicts[readBy];
  return html`<p>${sign(good ? 'good' : 'bad', word)}</p>
<p class="reads"><span>An eavesdropper reads</span> ${readBy === 'everybody' ? html`<mark>${reads}</mark>` : html`<b>nothing</b>`}</p>
${withKeys(readBy, reads, note)}`;
}

function withKeys(readBy: Way['readBy'], reads: string, note: string | undefined): Html | undefined {
  if (readBy === 'everybody') return note === undefined ? undefined : html`<p class="note">${note}</p>`;
  return html`<p class="reads"><span>You, with the keys, read</span> ${
    readBy === 'key holders' ? html`<mark>${reads}</mark>` : html`<b>nothing</b>, as nobody kept them`
  }</p>`;
}

function onTheWire({ name, frame, wire, marked, opened }: Way, { secret }: ThreeWays): Html {
  const bytes = wire.length / 2;
  const long =
    name === 'plain text'
      ? counted(bytes, 'byte')
      : `${RECORD_HEADER} bytes of header, ${bytes - RECORD_HEADER} sealed`;
  return html`<p><b class="frame">frame ${frame}</b> ${long}</p>
${hexDump(wire, marked)}
${opened === undefined ? undefined : html`<p>and opened with the keys</p><pre class="opened">${withMark(opened, secret)}</pre>`}`;
}

/** A text in which each place of a secret is marked. */
function withMark(text: string, secret: string): Html {
  const pieces = text
    .trimEnd()
    .replaceAll('\r\n', '\n')
    .split(secret === '' ? /(?!)/ : secret);
  return html`${pieces.map((piece, index) => html`${index > 0 ? html`<mark>${secret}</mark>` : undefined}${piece}`)}`;
}

function notHidden(ways: readonly Way[]): Html {
  const facts = [...new Set(ways.flatMap(({ outside }) => outside.map(({ what }) => what)))];
  const columns = wayNames.map((name: WayName) => {
    const outside = ways.find((way) => way.name === name)?.outside ?? [];
    return {
      head: capital(name),
      cell: (fact: string) => outside.find(({ what }) => what === fact)?.is ?? '–',
    };
  });
  return table(facts, [{ head: '', cell: (fact) => fact }, ...columns]);
}
