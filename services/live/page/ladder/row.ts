import type { LivePacket } from '../../contract.ts';
import type { App } from '../app.ts';
import { h, hidden, s } from '../dom.ts';
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
  return h('div', { class: 'row omitted', role: 'option', 'aria-disabled': 'true' }, h('span', {}, text));
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
    signOf(packet, app),
    packet.exposes.length > 0 && exposed(packet, app),
  );
  const attributes = {
    class: classes.filter((one) => one !== '').join(' '),
    role: 'option',
    id: `row-${packet.id}`,
    'data-packet': packet.id,
    'data-time': packet.time,
    title: `${packet.protocol}  ${packet.info.slice(0, 500)}`,
  };
  return h(
    'div',
    attributes,
    // A screen reader gets the packet as a sentence, and not what is drawn.
    hidden(sentenceOf(packet, app)),
    space(gap, app),
    h('span', { class: 'time', 'aria-hidden': 'true' }, timeOf(packet, gap, app, times)),
    h('span', { class: 'lane', 'aria-hidden': 'true' }, label, shaft(packet)),
    h(
      'span',
      { class: 'comments', 'aria-hidden': 'true' },
      ...packet.comments.slice(0, 3).map((comment) => commentLine(comment, app)),
    ),
  );
}

/** What became of a packet that did not simply arrive. */
function signOf({ fate }: LivePacket, { texts }: App): HTMLElement | false {
  const { signs } = texts.stage;
  return fate !== 'arrived' && fate !== 'travelling' && h('span', { class: 'sign' }, signs[fate]);
}

function exposed({ exposes }: LivePacket, { texts }: App): HTMLElement {
  return h(
    'span',
    { class: 'exposed', title: texts.facts.exposes(exposes.join(', ')) },
    icon('key'),
    exposes.join(', '),
  );
}

function timeOf(
  packet: LivePacket,
  gap: number | undefined,
  { figures }: App,
  { mode, first }: RowTimes,
): string {
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
function shaft({ direction, fate }: LivePacket): SVGSVGElement {
  const isDown = direction === 'down';
  const [from, to] = isDown ? [100, 0] : [0, 100];
  const begins = fate === 'copied' ? 50 : from;
  const reach = { lost: 0.5, unseen: 0.8, travelling: 1, arrived: 1, altered: 1, copied: 1 }[fate];
  const ends = from + (to - from) * reach;
  const level = (x: number) => TOP + (BOTTOM - TOP) * (Math.abs(x - from) / 100);
  const line = (x1: number, x2: number, kind: string) =>
    s('line', { class: kind, x1: `${x1}%`, y1: level(x1), x2: `${x2}%`, y2: level(x2) });
  const at = (x: number, child: SVGElement) =>
    s('svg', { x: `${x}%`, y: level(x), overflow: 'visible' }, child);
  const lines =
    fate === 'altered'
      ? [line(from, 50, 'line'), line(50, to, 'line is-altered'), at(50, burst())]
      : [line(begins, ends, fate === 'travelling' ? 'line is-travelling' : 'line')];
  const ring = () => s('circle', { class: 'origin', r: 4 });
  return s(
    'svg',
    { class: 'shaft', height: HEIGHT, 'aria-hidden': 'true' },
    ...lines,
    fate === 'copied' && at(50, ring()),
    at(ends, tipOf(fate, isDown) ?? ring()),
  );
}

/** What is at the end of a line. */
function tipOf(fate: LivePacket['fate'], isDown: boolean): SVGElement | undefined {
  if (fate === 'unseen') return undefined;
  if (fate === 'lost') return s('path', { class: 'cross', d: crossOf(6.5) });
  if (fate === 'travelling') return s('circle', { class: 'head', cx: isDown ? 6 : -6, r: 3 });
  return s('path', { class: 'head', d: isDown ? 'M11 -5.5L1 0L11 5.5' : 'M-11 -5.5L-1 0L-11 5.5' });
}

function burst(): SVGPathElement {
  return s('path', { class: 'burst', d: 'M0 -8L2 -2.5L8 -3L3.5 1L5.5 7L0 4L-5.5 7L-3.5 1L-8 -3L-2 -2.5Z' });
}

function lineRow({ kind, number, text, code = 0 }: PrintedLine, { texts }: App): HTMLElement {
  const shown = kind === 'ended' ? texts.lines.ended(code) : text;
  return h(
    'div',
    { class: `row line is-${kind}`, role: 'option', id: `row-line-${number}`, 'data-line': number },
    h(
      'span',
      { class: 'printed' },
      h(
        'span',
        { class: 'prompt', 'aria-hidden': 'true' },
        kind === 'typed' ? '$' : kind === 'ended' ? '■' : '›',
      ),
      h('code', {}, shown),
    ),
  );
}
