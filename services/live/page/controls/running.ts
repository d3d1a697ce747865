import type { CommandRun } from '../../contract.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { iconButton } from '../buttons.ts';
import { h } from '../dom.ts';
import { problemList } from './field.ts';

/** The commands that run, each with a button that ends it. */
export class Running {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #list = h('ul', { class: 'running' });
  readonly #items = new Map<number, HTMLElement>();

  constructor(app: App) {
    this.#app = app;
    this.element = h('div', {}, this.#list);
    app.session.runs.watch(() => this.#show());
  }

  /** An item stays the same element while its command runs, so that its button keeps the focus. */
  #show(): void {
    const { running } = this.#app.session.lines;
    const runs = new Set(running.map(({ run }) => run));
    for (const [run, item] of this.#items) {
      if (runs.has(run)) continue;
      item.remove();
      this.#items.delete(run);
    }
    for (const one of running) {
      if (this.#items.has(one.run)) continue;
      const item = this.#itemOf(one);
      this.#items.set(one.run, item);
      this.#list.append(item);
    }
  }

  #itemOf({ run, typed }: CommandRun): HTMLElement {
    const { texts, ask } = this.#app;
    const problems = problemList();
    const end = () =>
      ask
        .get(`/runs/${run}`, { method: 'DELETE' })
        .catch((error: unknown) => problems.show(sentencesOf(error)));
    const button = iconButton('stop', texts.commands.end(typed), () => void end());
    return h(
      'li',
      {},
      h('span', { class: 'spinner', 'aria-hidden': 'true' }),
      h('code', {}, typed),
      button,
      problems.element,
    );
  }
}
