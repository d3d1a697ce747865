import type { FilterCheck } from '../../contract.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { iconButton } from '../buttons.ts';
import { h, setAttributes, setText } from '../dom.ts';
import { icon } from '../icons.ts';
import { completed, type FilterName, filterNames, filterOf, wordAt } from '../model/filters.ts';

/** In ms: a filter is checked when nobody has typed for this time. */
const CALM = 180;
const MOST_COMPLETIONS = 8;

/** The display filter, in Wireshark's language: checked as it is typed, with completions, and ten buttons. */
export class FilterBar {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #input: HTMLInputElement;
  readonly #options = h('ul', { class: 'completions', role: 'listbox', id: 'completions', hidden: true });
  readonly #problem = h('p', { class: 'filter-problem', id: 'filter-problem', role: 'status' });
  readonly #buttons = new Map<FilterName, HTMLButtonElement>();
  readonly #clear: HTMLButtonElement;
  #checking = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #completions: FilterCheck['completions'] = [];
  #chosen = -1;

  constructor(app: App) {
    this.#app = app;
    const { filter } = app.texts;
    this.#input = h('input', {
      type: 'text',
      id: 'filter',
      role: 'combobox',
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: 'false',
      placeholder: filter.placeholder,
      'aria-label': filter.name,
      'aria-expanded': 'false',
      'aria-controls': 'completions',
      'aria-autocomplete': 'list',
      'aria-describedby': 'filter-problem',
      on: {
        input: () => this.#typed(),
        keydown: (event) => this.#key(event),
        blur: () => this.#show([]),
      },
    });
    setAttributes(this.#options, { 'aria-label': filter.completions });
    this.#clear = iconButton('close', filter.clear, () => this.#apply(''), { kind: 'clear' });
    for (const name of filterNames) {
      const button = h(
        'button',
        { type: 'button', class: 'filter-button', on: { click: () => this.#press(name) } },
        filter.buttons[name],
      );
      this.#buttons.set(name, button);
    }
    this.element = h(
      'search',
      { class: 'filter-bar', 'aria-label': filter.name },
      h('div', { class: 'filter-box' }, icon('filter'), this.#input, this.#clear, this.#options),
      h('div', { class: 'filter-buttons' }, ...this.#buttons.values()),
      this.#problem,
    );
    app.filter.watch((text) => this.#adopt(text));
    app.session.chosen.watch(() => this.#showButtons());
    app.session.opened.watch(() => this.#showButtons());
    app.session.hello.watch(() => this.#showButtons());
  }

  focus(): void {
    this.#input.focus();
    this.#input.select();
  }

  /** Shows a filter that is not taken, and why. */
  refuse(text: string, problem: string): void {
    this.#input.value = text;
    this.#clear.hidden = false;
    this.#refuse(problem);
  }

  #adopt(text: string): void {
    if (this.#input.value.trim() !== text) this.#input.value = text;
    this.#clear.hidden = text === '';
    this.#refuse();
    this.#showButtons();
  }

  #filterOf(name: FilterName): string | undefined {
    const { hello, chosen, opened, packets } = this.#app.session;
    const ports = hello.get()?.ports;
    const id = opened.get() ?? chosen.get();
    return ports && filterOf(name, { ports, chosen: id === undefined ? undefined : packets.get(id) });
  }

  #showButtons(): void {
    const inForce = this.#app.filter.get();
    for (const [name, button] of this.#buttons) {
      const filter = this.#filterOf(name);
      const isInForce = filter !== undefined && filter === inForce;
      setAttributes(button, {
        'aria-pressed': String(isInForce),
        title: filter ?? this.#app.texts.filter.chooseFirst,
      });
      button.disabled = filter === undefined;
    }
  }

  #press(name: FilterName): void {
    const filter = this.#filterOf(name) ?? '';
    this.#apply(filter === this.#app.filter.get() ? '' : filter);
  }

  #typed(): void {
    this.#clear.hidden = this.#input.value === '';
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#check(false), CALM);
  }

  /** Asks Wireshark about what is typed, and puts it in force if it is asked to. */
  async #check(isApplied: boolean): Promise<void> {
    clearTimeout(this.#timer);
    this.#checking.abort();
    this.#checking = new AbortController();
    const { signal } = this.#checking;
    const text = this.#input.value.trim();
    if (text === '') {
      this.#show([]);
      this.#refuse();
      if (isApplied) this.#app.filter.set('');
      return;
    }
    try {
      const typed = this.#input.value.slice(0, this.#input.selectionStart ?? undefined);
      const path = `/filters?filter=${encodeURIComponent(isApplied ? text : typed)}`;
      const { problem, completions } = await this.#app.ask.get<FilterCheck>(path, { signal });
      if (signal.aborted) return;
      this.#refuse(problem);
      this.#show(isApplied ? [] : completions.slice(0, MOST_COMPLETIONS));
      if (isApplied && problem === undefined) this.#app.filter.set(text);
    } catch (error) {
      if (!signal.aborted) this.#refuse(sentencesOf(error).join(' '));
    }
  }

  #apply(text: string): void {
    this.#checking.abort();
    clearTimeout(this.#timer);
    this.#input.value = text;
    this.#show([]);
    this.#refuse();
    this.#app.filter.set(text);
  }

  #refuse(problem?: string): void {
    setText(this.#problem, problem ?? '');
    const isWrong = problem !== undefined;
    setAttributes(this.#input, { 'aria-invalid': isWrong ? 'true' : undefined });
    this.element.classList.toggle('is-wrong', isWrong);
  }

  #show(completions: FilterCheck['completions']): void {
    const word = wordAt(this.#input.value, this.#input.selectionStart ?? this.#input.value.length).word;
    this.#completions = completions.filter(({ field }) => field !== word);
    this.#chosen = -1;
    const options = this.#completions.map(({ field, name }, index) =>
      h(
        'li',
        {
          role: 'option',
          id: `completion-${index}`,
          'aria-selected': 'false',
          // Before the input loses the focus.
          on: {
            mousedown: (event) => {
              event.preventDefault();
              this.#complete(index);
            },
          },
        },
        h('code', {}, field),
        h('span', {}, name),
      ),
    );
    this.#options.replaceChildren(...options);
    this.#options.hidden = options.length === 0;
    setAttributes(this.#input, {
      'aria-expanded': String(options.length > 0),
      'aria-activedescendant': undefined,
    });
  }

  #complete(index: number): void {
    const chosen = this.#completions[index];
    if (!chosen) return;
    const caret = this.#input.selectionStart ?? this.#input.value.length;
    const next = completed(this.#input.value, caret, chosen.field);
    this.#input.value = next.filter;
    this.#input.setSelectionRange(next.caret, next.caret);
    void this.#check(false);
  }

  #move(by: number): void {
    const count = this.#completions.length;
    this.#chosen = (this.#chosen + by + count + (this.#chosen < 0 && by < 0 ? 1 : 0)) % count;
    for (const [index, option] of [...this.#options.children].entries())
      setAttributes(option, { 'aria-selected': String(index === this.#chosen) });
    setAttributes(this.#input, { 'aria-activedescendant': `completion-${this.#chosen}` });
  }

  #key(event: KeyboardEvent): void {
    const act = this.#completions.length > 0 ? this.#inList(event.key) : this.#inField(event.key);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  }

  /** What a key does while there are completions. */
  #inList(key: string): (() => void) | undefined {
    if (key === 'ArrowDown') return () => this.#move(1);
    if (key === 'ArrowUp') return () => this.#move(-1);
    if (key === 'Escape') return () => this.#show([]);
    const isChosen = this.#chosen >= 0;
    if (isChosen && (key === 'Enter' || key === 'Tab')) return () => this.#complete(this.#chosen);
    return key === 'Enter' ? () => void this.#check(true) : undefined;
  }

  #inField(key: string): (() => void) | undefined {
    if (key === 'Enter') return () => void this.#check(true);
    if (key !== 'Escape') return undefined;
    return this.#input.value === '' ? () => this.#input.blur() : () => this.#apply('');
  }
}
