import type { SheetResult } from '../../contract.ts';
import type { App } from '../app.ts';
import { type Child, h } from '../dom.ts';

/** Whether a question is done, why, and the frames that show it. */
export function resultOf(result: SheetResult, app: App, select: (packet: number) => void): HTMLElement {
  const { hint, points, reason, scored, state } = result;
  const { sheet } = app.texts;
  return h(
    'div',
    { class: `result is-${state}` },
    h(
      'p',
      { class: 'verdict' },
      h('strong', { class: 'badge' }, sheet.states[state]),
      h('span', { class: 'note' }, sheet.scored(scored, points)),
    ),
    h('p', {}, reason),
    hint !== undefined && h('p', { class: 'sheet-hint' }, h('b', {}, sheet.hint), ` ${hint}`),
    framesOf(result, app, select),
  );
}

/** A frame that is a packet of the ladder leads there. */
function framesOf(
  { frames, allFrames }: SheetResult,
  { texts }: App,
  select: (packet: number) => void,
): Child {
  if (frames.length === 0) return undefined;
  const items = frames.map(({ capture, number, packet }) => {
    const text = texts.sheet.frame(capture, number);
    if (packet === undefined) return h('li', {}, h('span', { class: 'note' }, text));
    return h(
      'li',
      {},
      h(
        'button',
        { type: 'button', class: 'frame-link', 'data-frame-of': packet, on: { click: () => select(packet) } },
        text,
      ),
    );
  });
  const more = allFrames - frames.length;
  return h(
    'ul',
    { class: 'frame-links' },
    ...items,
    more > 0 && h('li', { class: 'note' }, texts.sheet.more(more)),
  );
}
