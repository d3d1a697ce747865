import type { App } from '../app.ts';
import { h, s, setAttributes, setText } from '../dom.ts';

export interface Legend {
  readonly kind: string;
  /** A path in a box of 24 by 16. */
  readonly path: string;
  readonly text: string;
}

/** A chart with its title, its newest value, its drawing and a legend. */
export class ChartCard {
  readonly element: HTMLElement;
  readonly svg = s('svg', { class: 'chart', role: 'img' });
  readonly #value = h('span', { class: 'value' });
  readonly #legend = h('p', { class: 'legend' });
  readonly #nothing = h('p', { class: 'hint' });
  #legendText = '';
  #width = 0;

  constructor(title: string, onResize: () => void) {
    const box = h('div', { class: 'chart-box' }, this.svg);
    this.element = h(
      'section',
      { class: 'card chart-card' },
      h('header', {}, h('h3', {}, title), this.#value),
      box,
      this.#legend,
      this.#nothing,
    );
    new ResizeObserver(([entry]) => {
      this.#width = Math.floor(entry?.contentRect.width ?? 0);
      onResize();
    }).observe(box);
  }

  get width(): number {
    return this.#width;
  }

  /** @param alternative what the drawing shows, in words */
  draw(height: number, alternative: string, ...parts: readonly (SVGElement | false)[]): void {
    setAttributes(this.svg, {
      width: this.#width,
      height,
      viewBox: `0 0 ${this.#width} ${height}`,
      'aria-label': alternative,
    });
    this.svg.replaceChildren(...parts.filter((part) => part !== false));
    this.svg.toggleAttribute('hidden', false);
    setText(this.#nothing, '');
  }

  empty(text: string): void {
    this.svg.replaceChildren();
    this.svg.toggleAttribute('hidden', true);
    this.show('');
    this.legend([]);
    setText(this.#nothing, text);
  }

  show(value: string): void {
    setText(this.#value, value);
  }

  legend(entries: readonly Legend[]): void {
    const text = entries.map((entry) => entry.kind + entry.text).join();
    if (text === this.#legendText) return;
    this.#legendText = text;
    this.#legend.replaceChildren(
      ...entries.map(({ kind, path, text: means }) =>
        h(
          'span',
          { class: 'key' },
          s('svg', { viewBox: '0 0 24 16', 'aria-hidden': 'true' }, s('path', { class: kind, d: path })),
          means,
        ),
      ),
    );
  }
}

/** The size of letters in charts. */
export function lettersOf({ isProjector }: App): number {
  return isProjector.get() ? 18 : 11;
}
