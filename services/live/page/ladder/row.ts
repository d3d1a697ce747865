import type { LivePacket } from '../../contract.ts';
import type { App } from '../app.ts';
import { h, s } from '../dom.ts';
import { factsOf, sentenceOf } from '../facts.ts';
import { icon } from '../icons.ts';
import { type Item, spaceOf, WAIT } from '../model/items.ts';
import { gistOf } from '../model/kind.ts';
import type { PrintedLine } from '../model/lines.ts';
import { commentLine } from '../stage/caption.ts';
import { chipOf } from '../stage/glyph.ts';
import { crossOf } from '../stage/shapes.ts';

/** What the column of times has. */
export const timeModes = ['previous', 'first', 'clock'] as const;
export type TimeMode = (typeof timeModes)[number];

export interface RowTimes {
  readonly mode: TimeMode;
  /** The time of the first packet. */
  readonly first: number;
}

/** In pixels: the most space that a time takes. */
const FAR = 22;
const BREAK = 40;

/** A height for a row that was not drawn yet. */
export function estimateOf(item: Item, isProjector: boolean): number {
  const scale = isProjector ? 1.6 : 1;
  if (item.kind !== 'packet') return 24 * scale;
  const space = item.gap !== undefined && item.gap >= WAIT ? BREAK : FAR * spaceOf(item.gap);
  return (38 + item.packet.comments.length * 8) * scale + space;
}

export function rowOf(item: Item, app: App, times: RowTimes): HTMLElement {
  if (item.kind === 'packet') return packetRow(item.packet, item.gap, app, times);
  if (item.kind === 'line') return lineRow(item.line, app);
  const text = app.texts.ladder.omitted(app.figures.number(item.count));
  return h('div', { class: 'row omitted', role: 'option', 'aria-label': text, 'aria-disabled': 'true' }, h('span', {}, text));
}

function packetRow(packet: LivePacket, gap: number | undefined, app: App, times: RowTimes): HTMLElement {
  const gist = gistOf(packet);
  const isDown = packet.direction === 'down';
  const hasData = packet.payload > 0;
  const classes = [
    'row packet',
    `is-${gist.kind}`,
    `fate-${packet.fate}`,
    hasData ? 'has-data' : '',
    packet.isTrouble ? 'is-trouble' : '',
    packet.comments.length > 0 ? 'has-comments' : '',
  ];
  const label = h(
    'span',
    { class: 'label' },
    chipOf(gist, isDown, packet.fate === 'altered'),
    h('b', {}, gist.title),
    h('span', { class: 'facts' }, factsOf(packet, app)),
    packet.exposes.length > 0 && exposed(packet, app),
  );
  const attributes = {
    class: classes.filter((one) => one !== '').join(' '),
    role: 'option',
    id: `row-${packet.id}`,
    'data-packet': packet.id,
    'data-time': packet.time,
    'aria-label': sentenceOf(packet, app),
    title: `${packet.protocol}  ${packet.info.slice(0, 500)}`,
  };
  return h(
    'div',
    attributes,
    space(gap, app),
    h('span', { class: 'time' }, timeOf(packet, gap, app, times)),
    h('span', { class: 'lane' }, label, shaft(packet, app)),
    h('span', { class: 'comments' }, ...packet.comments.slice(0, 3).map((comment) => commentLine(comment, app))),
  );
}

function exposed({ exposes }: LivePacket, { texts }: App): HTMLElement {
  return h('span', { class: 'exposed', title: texts.facts.exposes(exposes.join(', ')) }, icon('key'), exposes.join(', '));
}

function timeOf(packet: LivePacket, gap: number | undefined, { figures }: App, { mode, first }: RowTimes): string {
  if (mode === 'clock') return figures.clock(packet.time);
  if (mode === 'first') return figures.number(packet.time - first, 6);
  return gap === undefined ? '' : `+${figures.duration(Math.max(0, gap))}`;
}

/** The space above an arrow grows with the logarithm of the time that passed. A long wait is written into it. */
function space(gap: number | undefined, { texts, figures }: App): HTMLElement {
  const isWait = gap !== undefined && gap >= WAIT;
  const element = h('span', { class: isWait ? 'space is-wait' : 'space', 'aria-hidden': 'true' });
  element.style.height = `${isWait ? BREAK : Math.round(FAR * spaceOf(gap))}px`;
  if (isWait) element.append(h('span', {}, texts.ladder.wait(figures.duration(gap))));
  return element;
}

const HEIGHT = 18;
const [TOP, BOTTOM] = [3, 15];

/** The slanted line of a packet. It fills its lane at any width without distorting its head. */
function shaft(packet: LivePacket, { texts }: App): SVGSVGElement {
  const { direction, fate } = packet;
  const isDown = direction === 'down';
  const [from, to] = isDown ? [100, 0] : [0, 100];
  const middle = (TOP + BOTTOM) / 2;
  const begins = fate === 'copied' ? 50 : from;
  const ends = fate === 'lost' ? 50 : fate === 'unseen' ? from + (to - from) * 0.8 : to;
  const share = (x: number) => TOP + (BOTTOM - TOP) * (Math.abs(x - from) / 100);
  const line = (x1: number, x2: number, kind: string) =>
    s('line', { class: kind, x1: `${x1}%`, y1: share(x1), x2: `${x2}%`, y2: share(x2) });
  const at = (x: number, ...children: readonly SVGElement[]) =>
    s('svg', { x: `${x}%`, y: share(x), overflow: 'visible' }, ...children);
  const isWhole = fate === 'arrived' || fate === 'altered' || fate === 'copied';
  const parts: (SVGElement | false)[] =
    fate === 'altered'
      ? [line(begins, 50, 'line'), line(50, ends, 'line is-altered'), at(50, burst())]
      : [line(begins, ends, fate === 'travelling' ? 'line is-travelling' : 'line')];
  return s(
    'svg',
    { class: 'shaft', height: HEIGHT, 'aria-hidden': 'true' },
    ...parts,
    isWhole && at(ends, s('path', { class: 'head', d: isDown ? 'M11 -5.5L1 0L11 5.5' : 'M-11 -5.5L-1 0L-11 5.5' })),
    fate === 'copied' && at(50, s('circle', { class: 'origin', r: 4 }), word(isDown, texts.stage.signs.copied)),
    fate === 'lost' && at(50, s('path', { class: 'cross', d: crossOf(6.5) }), word(isDown, texts.stage.signs.lost)),
    fate === 'altered' && at(50, word(isDown, texts.stage.signs.altered)),
    fate === 'unseen' && at(ends, s('text', { class: 'word', x: isDown ? -8 : 8, y: 4, 'text-anchor': isDown ? 'end' : 'start' }, texts.stage.signs.unseen)),
    fate === 'travelling' && at(middle > 0 ? to : from, s('circle', { class: 'head', cx: isDown ? 6 : -6, r: 3 })),
  );
}

/** Beside the middle, on the side where the line is not. */
function word(isDown: boolean, text: string): SVGTextElement {
  return s('text', { class: 'word', x: isDown ? -13 : 13, y: isDown ? -1 : -1, 'text-anchor': isDown ? 'end' : 'start' }, text);
}

function burst(): SVGPathElement {
  return s('path', { class: 'burst', d: 'M0 -8L2 -2.5L8 -3L3.5 1L5.5 7L0 4L-5.5 7L-3.5 1L-8 -3L-2 -2.5Z' });
}

function lineRow({ kind, number, text, code = 0 }: PrintedLine, { texts }: App): HTMLElement {
  const shown = kind === 'ended' ? texts.lines.ended(code) : text;
  return h(
    'div',
    { class: `row line is-${kind}`, role: 'option', id: `row-line-${number}`, 'data-line': number, 'aria-label': shown },
    h('span', { class: 'time' }, ''),
    h('span', { class: 'printed' }, h('span', { class: 'prompt', 'aria-hidden': 'true' }, kind === 'typed' ? '$' : kind === 'ended' ? '■' : '›'), h('code', {}, shown)),
  );
}
