import { h } from './dom.ts';
import { type IconName, icon } from './icons.ts';

/**
 * A button that shows an icon. Its name is a label for screen readers, and a hint for the mouse.
 *
 * @param key names what it does, where an element that is made anew takes the focus over
 */
export function iconButton(
  name: IconName,
  label: string,
  act: (event: MouseEvent) => void,
  { kind = '', key }: { readonly kind?: string; readonly key?: string } = {},
): HTMLButtonElement {
  const attributes = {
    ...{ type: 'button', class: `icon-button ${kind}`, 'aria-label': label, title: label },
    'data-key': key,
    on: { click: act },
  };
  return h('button', attributes, icon(name));
}
