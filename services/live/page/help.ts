import type { App } from './app.ts';
import { iconButton } from './buttons.ts';
import { h } from './dom.ts';
import { kinds } from './model/kind.ts';
import type { Value } from './model/value.ts';
import { chipOf } from './stage/glyph.ts';

/** What the shapes mean, how time goes on the stage, and all keys. */
export function helpDialog({ texts }: App, singleKeys: Value<boolean>): HTMLDialogElement {
  const { help } = texts;
  const shape = (chip: SVGSVGElement, text: string) => h('li', {}, chip, h('span', {}, text));
  const shapes = [
    ...kinds.map((kind) => shape(chipOf({ kind, isError: false }), help.kinds[kind])),
    shape(chipOf({ kind: 'answer', isError: true }), help.error),
    shape(chipOf({ kind: 'data', isError: false }, false, true), help.altered),
  ];
  const keys = help.keyList.flatMap(([key, means]) => [
    h(
      'dt',
      {},
      ...key.split(' ').map((one) => (/^(…|↑|↓)$/.test(one) ? h('span', {}, one) : h('kbd', {}, one))),
    ),
    h('dd', {}, means),
  ]);
  const toggle = h('input', {
    type: 'checkbox',
    id: 'single-keys',
    on: { change: () => singleKeys.set(toggle.checked) },
  });
  toggle.checked = singleKeys.get();
  const close = iconButton('close', help.close, () => dialog.close());
  const dialog: HTMLDialogElement = h(
    'dialog',
    { class: 'help', 'aria-labelledby': 'help-name' },
    h('div', { class: 'help-bar' }, h('h2', { id: 'help-name' }, help.name), close),
    h(
      'div',
      { class: 'help-columns' },
      h(
        'section',
        {},
        h('h3', {}, help.shapes),
        h('ul', { class: 'shape-list' }, ...shapes),
        h('p', { class: 'note' }, help.trouble),
      ),
      h(
        'section',
        {},
        h('h3', {}, help.keys),
        h('dl', { class: 'key-list' }, ...keys),
        h('label', { class: 'check', for: 'single-keys' }, toggle, help.singleKeys),
        h('h3', {}, help.time),
        h('p', {}, help.timeText),
      ),
    ),
  );
  return dialog;
}
