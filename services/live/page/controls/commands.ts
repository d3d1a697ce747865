import type { CommandName, CommandRun } from '../../contract.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { h, setText } from '../dom.ts';
import { icon } from '../icons.ts';
import { typedOf } from '../model/typed.ts';
import { named } from '../texts/texts.ts';
import { choiceOf, type Field, fieldOf, problemList } from './field.ts';
import { commandNames, givenOf, type Option, optionsOf } from './options.ts';
import { Running } from './running.ts';

interface Form {
  readonly element: HTMLElement;
  readonly values: () => Readonly<Record<string, string>>;
  readonly refuse: (problems: readonly string[]) => void;
}

/** The commands of the client, with the options that a class needs. */
export class Commands {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #forms: ReadonlyMap<CommandName, Form>;
  readonly #typed = h('code', { class: 'typed' });
  readonly #run: HTMLButtonElement;
  readonly #box = h('div', { class: 'form-box' });
  readonly #running: Running;
  readonly #choice: { readonly show: (name: CommandName) => void };
  #command: CommandName = 'echo';
  /** The button stays enabled, because one that is disabled loses the focus. */
  #isStarting = false;

  constructor(app: App) {
    this.#app = app;
    const { commands } = app.texts;
    this.#forms = new Map(commandNames.map((name) => [name, formOf(name, app)]));
    const choice = choiceOf(
      commands.choose,
      commandNames.map((name) => ({ name, label: name })),
      (name) => this.#choose(name),
    );
    this.#choice = choice;
    this.#running = new Running(app);
    this.#run = h('button', { type: 'submit', class: 'primary' }, icon('play'), h('span', {}, commands.run));
    const form = h(
      'form',
      {
        class: 'command-form',
        on: {
          submit: (event) => {
            event.preventDefault();
            void this.#start();
          },
          input: () => this.#showTyped(),
        },
      },
      this.#box,
      h(
        'p',
        { class: 'typed-line' },
        h('span', { class: 'prompt', 'aria-hidden': 'true' }, '$'),
        this.#typed,
      ),
      this.#run,
    );
    this.element = h(
      'section',
      { class: 'card commands' },
      h('h2', {}, commands.name),
      choice.element,
      form,
      this.#running.element,
    );
    this.#choose('echo');
  }

  /** Starts the first thing that a class sees: a message and its echo. */
  async startFirst(): Promise<void> {
    this.#choose('echo');
    await this.#start();
  }

  #choose(name: CommandName): void {
    this.#command = name;
    this.#choice.show(name);
    const form = this.#forms.get(name)!;
    this.#box.replaceChildren(h('p', { class: 'hint' }, this.#app.texts.commands.about[name]), form.element);
    this.#showTyped();
  }

  #showTyped(): void {
    const values = this.#forms.get(this.#command)!.values();
    setText(this.#typed, typedOf(this.#command, givenOf(this.#command, values)));
  }

  async #start(): Promise<void> {
    const { ask, session, texts, say } = this.#app;
    const command = this.#command;
    const form = this.#forms.get(command)!;
    if (this.#isStarting) return;
    form.refuse([]);
    this.#isStarting = true;
    try {
      const options = givenOf(command, form.values());
      const run = await ask.get<CommandRun>('/runs', { method: 'POST', body: { command, options } });
      session.receivers.started(run);
      say(texts.commands.started(run.typed));
    } catch (error) {
      form.refuse(sentencesOf(error));
    } finally {
      this.#isStarting = false;
    }
  }
}

function formOf(command: CommandName, { texts }: App): Form {
  const problems = problemList();
  const controls = new Map<string, HTMLInputElement | HTMLSelectElement>();
  const fields = new Map<string, Field>();
  const add = (option: Option): HTMLElement => {
    const control = controlOf(option);
    controls.set(option.name, control);
    const field = fieldOf(named(texts.commands.options, option.name), control, {
      kind: `is-${option.kind} option-${option.name}`,
    });
    fields.set(option.name, field);
    return field.element;
  };
  const main = optionsOf[command].filter(({ isMain }) => isMain).map(add);
  const more = optionsOf[command].filter(({ isMain }) => !isMain).map(add);
  return {
    element: h(
      'div',
      { class: 'fields' },
      ...main,
      more.length > 0 &&
        h(
          'details',
          { class: 'more' },
          h('summary', {}, texts.commands.more),
          h('div', { class: 'fields' }, ...more),
        ),
      problems.element,
    ),
    values: () => Object.fromEntries([...controls].map(([name, control]) => [name, valueIn(control)])),
    refuse: (all) => {
      const left = new Set(all);
      for (const [name, field] of fields) {
        const own = all.filter((problem) => problem.startsWith(`${name} `));
        for (const problem of own) left.delete(problem);
        field.refuse(own);
        // A problem must be seen, and so must its field.
        const more = field.element.closest('details');
        if (more && own.length > 0) more.open = true;
      }
      problems.show([...left]);
      controls.get(nameIn(all, controls) ?? '')?.focus();
    },
  };
}

/** The first option that a problem names. */
function nameIn(problems: readonly string[], controls: ReadonlyMap<string, unknown>): string | undefined {
  return [...controls.keys()].find((name) => problems.some((problem) => problem.startsWith(`${name} `)));
}

function controlOf(option: Option): HTMLInputElement | HTMLSelectElement {
  if (option.kind === 'switch') return h('input', { type: 'checkbox' });
  if (option.kind === 'choice') {
    return h(
      'select',
      {},
      ...option.values.map((value) => h('option', { value }, value === '' ? '–' : value)),
    );
  }
  if (option.kind === 'number') {
    const { usual, value } = option;
    return h('input', {
      type: 'text',
      inputmode: 'decimal',
      placeholder: usual,
      value: value ?? '',
      autocomplete: 'off',
    });
  }
  return h('input', { type: 'text', value: option.value, autocomplete: 'off', spellcheck: 'false' });
}

function valueIn(control: HTMLInputElement | HTMLSelectElement): string {
  if (control instanceof HTMLInputElement && control.type === 'checkbox') return control.checked ? '1' : '0';
  return control.type === 'text' && control.inputMode === 'decimal' ? control.value.trim() : control.value;
}
