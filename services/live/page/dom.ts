import { visible } from './model/readable.ts';

/*
 * Elements of the page. Every text becomes a text node, with hidden characters made visible, so that nothing which was
 * captured is ever read as HTML.
 */

export type Child = Node | string | undefined | false;
type Handlers = { readonly [Name in keyof HTMLElementEventMap]?: (event: HTMLElementEventMap[Name]) => void };
export type AttributeValue = string | number | boolean | undefined;
export interface Attributes {
  readonly [name: string]: AttributeValue | Handlers;
  readonly on?: Handlers;
}

const SVG = 'http://www.w3.org/2000/svg';

export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  fill(element, ...children);
  return element;
}

/** An element of a drawing. */
export function s<Name extends keyof SVGElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: readonly Child[]
): SVGElementTagNameMap[Name] {
  const element = document.createElementNS(SVG, name);
  setAttributes(element, attributes);
  fill(element, ...children);
  return element;
}

/** Sets attributes; true is an empty one, undefined and false remove it. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'object') listen(element, value);
    else setAttribute(element, name, value);
  }
}

function setAttribute(element: Element, name: string, value: AttributeValue): void {
  if (value === undefined || value === false) {
    element.removeAttribute(name);
    return;
  }
  const text = value === true ? '' : visible(String(value));
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

function listen(element: Element, handlers: Handlers): void {
  for (const [name, handler] of Object.entries(handlers))
    element.addEventListener(name, handler as (event: Event) => void);
}

/** Replaces what an element has. */
export function fill(element: Element, ...children: readonly Child[]): void {
  const nodes = children.filter((child) => child !== undefined && child !== false);
  element.replaceChildren(...nodes.map((child) => (typeof child === 'string' ? visible(child) : child)));
}

/** Sets the text of an element, if it is another one. */
export function setText(element: Element, text: string): void {
  const shown = visible(text);
  if (element.textContent !== shown) element.textContent = shown;
}

/** Fields in which letters and digits mean something. */
const FIELDS = 'input:not([type=range], [type=checkbox]), textarea, select, [contenteditable]';

/** Whether a key is for a field in which one writes or chooses. */
export function isForField({ target }: Event): boolean {
  return target instanceof Element && target.closest(FIELDS) !== null;
}

/** A text for screen readers alone. */
export function hidden(text: string): HTMLElement {
  return h('span', { class: 'hidden' }, text);
}
