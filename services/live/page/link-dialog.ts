import type { App } from './app.ts';
import { iconButton } from './buttons.ts';
import { h } from './dom.ts';

/** A link as a text to select, where the browser does not let the page copy it. */
export function linkDialog({ texts }: App): {
  readonly element: HTMLDialogElement;
  readonly show: (link: string) => void;
} {
  const field = h('input', { type: 'text', readonly: true, size: 60, 'aria-labelledby': 'link-name' });
  const element: HTMLDialogElement = h(
    'dialog',
    { class: 'help', 'aria-labelledby': 'link-name' },
    h(
      'div',
      { class: 'help-bar' },
      h('p', { id: 'link-name' }, texts.bar.linkNot),
      iconButton('close', texts.help.close, () => element.close()),
    ),
    h('p', { class: 'link-field' }, field),
  );
  return {
    element,
    show: (link) => {
      field.value = link;
      element.showModal();
      field.select();
    },
  };
}
