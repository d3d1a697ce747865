import type { App } from '../app.ts';
import { h } from '../dom.ts';
import { type PrintedLine, packetsAround } from '../model/lines.ts';
import { NONE } from '../model/session.ts';

/** Lines that are in the page; the rest are in the ladder. */
const MOST = 400;

/** What the commands print, with times. A line and the packets of its moment mark each other. */
export class PrintedLog {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #list: HTMLElement;
  readonly #empty: HTMLElement;
  #version = -1;
  #last = 0;

  constructor(app: App) {
    this.#app = app;
    const { lines } = app.texts;
    this.#list = h('ol', {
      class: 'log',
      tabindex: 0,
      'aria-label': lines.name,
      on: {
        mouseover: (event) => this.#look(event),
        mouseleave: () => this.#app.session.marked.set(NONE),
        click: (event) => this.#goTo(event),
      },
    });
    this.#empty = h('p', { class: 'hint' }, lines.nothing);
    this.element = h('section', { class: 'card log-card' }, h('h2', {}, lines.name), this.#empty, this.#list);
    app.session.marked.watch(({ lines: marked }) => {
      for (const element of this.#list.children)
        element.classList.toggle('is-marked', marked.has(Number((element as HTMLElement).dataset.line)));
    });
  }

  draw(): void {
    const { lines } = this.#app.session;
    if (lines.version === this.#version) return;
    this.#version = lines.version;
    if (lines.all.length === 0) {
      this.#list.replaceChildren();
      this.#last = 0;
    }
    const isAtEnd = this.#list.scrollTop + this.#list.clientHeight >= this.#list.scrollHeight - 24;
    const fresh = lines.all.filter(({ number }) => number > this.#last).slice(-MOST);
    this.#last = lines.all.at(-1)?.number ?? 0;
    this.#list.append(...fresh.map((line) => this.#row(line)));
    for (let excess = this.#list.childElementCount - MOST; excess > 0; excess -= 1)
      this.#list.firstElementChild?.remove();
    this.#empty.hidden = lines.all.length > 0;
    if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  #row(line: PrintedLine): HTMLElement {
    const { texts, figures } = this.#app;
    const text = line.kind === 'ended' ? texts.lines.ended(line.code ?? 0) : line.text;
    return h(
      'li',
      { class: `log-line is-${line.kind}${line.code ? ' is-bad' : ''}`, 'data-line': line.number },
      h('time', {}, figures.clock(line.time)),
      h('code', {}, text),
    );
  }

  #lineOf({ target }: Event): PrintedLine | undefined {
    const number =
      target instanceof Element ? target.closest<HTMLElement>('[data-line]')?.dataset.line : undefined;
    return this.#app.session.lines.all.find((line) => line.number === Number(number));
  }

  #look(event: Event): void {
    const line = this.#lineOf(event);
    if (!line) return;
    const { packets, marked } = this.#app.session;
    marked.set({ packets: new Set(packetsAround(packets.all, line.time)), lines: new Set([line.number]) });
  }

  #goTo(event: Event): void {
    const line = this.#lineOf(event);
    const last = line && packetsAround(this.#app.session.packets.all, line.time).at(-1);
    if (last !== undefined) this.#app.session.chosen.set(last);
  }
}
