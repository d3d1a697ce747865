import { h, setAttributes } from './dom.ts';

export interface Tab<Name extends string> {
  readonly name: Name;
  readonly label: string;
}

/** A row of tabs (WAI-ARIA): arrow keys move, and moving chooses. */
export class Tabs<Name extends string> {
  readonly element: HTMLElement;
  readonly #buttons: ReadonlyMap<Name, HTMLButtonElement>;
  readonly #choose: (name: Name) => void;

  /** @param panelOf the id of the panel of a tab */
  constructor(
    label: string,
    tabs: readonly Tab<Name>[],
    { panelOf, choose }: { readonly panelOf: (name: Name) => string; readonly choose: (name: Name) => void },
  ) {
    this.#choose = choose;
    this.#buttons = new Map(
      tabs.map(({ name, label }) => {
        const attributes = {
          type: 'button',
          role: 'tab',
          id: `${panelOf(name)}-tab`,
          'data-tab': name,
          'aria-controls': panelOf(name),
          on: { click: () => this.#pick(name), keydown: (event: KeyboardEvent) => this.#key(event, name) },
        };
        return [name, h('button', attributes, label)];
      }),
    );
    this.element = h(
      'div',
      { class: 'tabs', role: 'tablist', 'aria-label': label },
      ...this.#buttons.values(),
    );
  }

  /** Shows which one is chosen. */
  show(chosen: Name): void {
    for (const [name, button] of this.#buttons)
      setAttributes(button, { 'aria-selected': String(name === chosen), tabindex: name === chosen ? 0 : -1 });
  }

  #pick(name: Name): void {
    this.show(name);
    this.#choose(name);
  }

  #key(event: KeyboardEvent, name: Name): void {
    const names = [...this.#buttons.keys()].filter((one) => this.#buttons.get(one)?.checkVisibility());
    const at = names.indexOf(name);
    const goals: Readonly<Record<string, number>> = {
      ArrowRight: (at + 1) % names.length,
      ArrowLeft: (at + names.length - 1) % names.length,
      Home: 0,
      End: names.length - 1,
    };
    const goal = names[goals[event.key] ?? -1];
    if (goal === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#pick(goal);
    this.#buttons.get(goal)?.focus();
  }
}
