import type { WireStatus } from '../../../wire/control.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { h, setText } from '../dom.ts';
import { choiceOf, type Field, fieldOf, problemList } from './field.ts';

const sides = ['both', 'up', 'down'] as const;
type Side = (typeof sides)[number];
type Direction = Exclude<Side, 'both'>;

/** Conditions that a class needs; the fallback is what an empty field means. */
const parts = [
  { name: 'loss', fallback: 'none', example: '0.05' },
  { name: 'delay', fallback: '0ms', example: '50ms' },
  { name: 'jitter', fallback: '0ms', example: '5ms' },
  { name: 'rate', fallback: 'none', example: '10mbit' },
  { name: 'queue', fallback: '100', example: '50' },
  { name: 'corruption', fallback: 'none', example: '0.02' },
  { name: 'duplicate', fallback: 'none', example: '0.02' },
  { name: 'reorder', fallback: 'none', example: '0.02' },
  { name: 'script', fallback: 'none', example: 'drop tcp data 5' },
] as const;
type PartName = (typeof parts)[number]['name'];
/** Those that are probabilities of the fault profile. */
const FAULTS: ReadonlySet<PartName> = new Set(['loss', 'corruption', 'duplicate', 'reorder']);

/** The conditions of the wire, for both directions or one of them. */
export class WireCard {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #inputs = new Map<PartName, HTMLInputElement>();
  readonly #fields = new Map<PartName, Field>();
  readonly #seed = h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off' });
  readonly #problems = problemList();
  readonly #inForce = h('p', { class: 'in-force' });
  #side: Side = 'both';
  #status: WireStatus | undefined;
  /** Somebody has typed conditions that are not applied yet. */
  #isTyped = false;

  constructor(app: App) {
    this.#app = app;
    const { wire, faults } = app.texts;
    const choice = choiceOf(
      wire.direction,
      sides.map((name) => ({ name, label: wire.sides[name] })),
      (side) => {
        this.#side = side;
        this.#isTyped = false;
        this.#showTexts();
      },
    );
    choice.show('both');
    const seed = fieldOf(faults.seed, this.#seed);
    this.element = h(
      'form',
      {
        class: 'card wire-card',
        on: {
          input: () => {
            this.#isTyped = true;
          },
          submit: (event) => {
            event.preventDefault();
            void this.#apply();
          },
        },
      },
      h('h3', {}, wire.name),
      this.#inForce,
      choice.element,
      h('div', { class: 'fields' }, ...parts.map((part) => this.#field(part)), seed.element),
      this.#problems.element,
      h(
        'div',
        { class: 'actions' },
        h('button', { type: 'submit', class: 'primary' }, faults.apply),
        h(
          'button',
          { type: 'button', class: 'reset', on: { click: () => void this.#change({ reset: true }) } },
          faults.reset,
        ),
      ),
    );
  }

  show(status: WireStatus): void {
    this.#status = status;
    const { up, down } = status.directions;
    const isSame = up.conditions === down.conditions;
    setText(this.#inForce, isSame ? `⇄ ${up.conditions}` : `→ ${up.conditions}   ← ${down.conditions}`);
    if (!this.#isTyped) this.#showTexts();
  }

  #field({ name, example }: (typeof parts)[number]): HTMLElement {
    const input = h('input', {
      type: 'text',
      placeholder: example,
      spellcheck: 'false',
      autocomplete: 'off',
    });
    const field = fieldOf(this.#app.texts.wire.parts[name], input, { kind: `is-${name}` });
    this.#inputs.set(name, input);
    this.#fields.set(name, field);
    return field.element;
  }

  #showTexts(): void {
    const { up, down } = this.#textsInForce();
    for (const [name, input] of this.#inputs) {
      const isSame = up[name] === down[name];
      input.value = this.#side === 'down' ? down[name] : this.#side === 'up' || isSame ? up[name] : '';
      const example = parts.find((part) => part.name === name)!.example;
      input.placeholder = this.#side === 'both' && !isSame ? this.#app.texts.wire.differs : example;
    }
    this.#seed.value = this.#status?.seed ?? '';
  }

  #textsInForce(): Readonly<Record<Direction, Readonly<Record<PartName, string>>>> {
    const of = (direction: Direction) => {
      const set: Readonly<Record<string, string | undefined>> = this.#status?.directions[direction].set ?? {};
      const texts = parts.map(({ name, fallback }) => {
        const text = (FAULTS.has(name) ? probabilityIn(set.faults, name) : set[name]) ?? '';
        return [name, text === fallback ? '' : text] as const;
      });
      return Object.fromEntries(texts) as Record<PartName, string>;
    };
    return { up: of('up'), down: of('down') };
  }

  async #apply(): Promise<void> {
    const before = this.#textsInForce();
    const directions: readonly Direction[] = this.#side === 'both' ? ['up', 'down'] : [this.#side];
    const changes = directions.map((direction) => {
      const changed = parts.flatMap(({ name, fallback }) => {
        const input = this.#inputs.get(name)!;
        const text = input.value.trim();
        // An empty field of two directions that differ changes neither.
        const isLeft = text === '' && input.placeholder === this.#app.texts.wire.differs;
        return isLeft || text === before[direction][name]
          ? []
          : [[name, text === '' ? fallback : text] as const];
      });
      return [direction, Object.fromEntries(changed)] as const;
    });
    const seed = this.#seed.value === this.#status?.seed ? undefined : this.#seed.value;
    await this.#change({ ...Object.fromEntries(changes), ...(seed !== undefined && { seed }) });
  }

  async #change(body: object): Promise<void> {
    this.#refuse([]);
    try {
      const status = await this.#app.ask.get<WireStatus>('/controls/wire', { method: 'POST', body });
      this.#isTyped = false;
      this.show(status);
      this.#app.say(this.#app.texts.faults.done);
    } catch (error) {
      this.#refuse(sentencesOf(error));
    }
  }

  /** A problem is beside the field that it names. */
  #refuse(all: readonly string[]): void {
    const left = new Set(all);
    for (const [name, field] of this.#fields) {
      const own = all.filter((problem) => problem.toLowerCase().replace('_', '').startsWith(name));
      for (const problem of own) left.delete(problem);
      field.refuse(own);
    }
    this.#problems.show([...left]);
  }
}

/** The probability of a fault in a profile such as `loss=0.05,reorder=0.02`. */
function probabilityIn(profile: string | undefined, fault: string): string | undefined {
  const term = profile?.split(',').find((one) => one.trim().startsWith(`${fault}=`));
  return term?.split('=')[1]?.trim();
}
