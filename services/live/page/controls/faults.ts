import type { FaultStatus } from '#lib/faults/faults.ts';
import type { Tally } from '../../contract.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { h, setText } from '../dom.ts';
import { isScript, profileOf, restOf, type Share, withShare } from '../model/profile.ts';
import { named } from '../texts/texts.ts';
import { type Field, fieldOf, type Slider, sliderOf } from './field.ts';

/** A change that `POST /controls/faults` takes. */
interface Change {
  readonly server: 'http' | 'echo';
  readonly profile?: string;
  readonly profiles?: Readonly<Record<string, string>>;
  readonly seed?: string;
  readonly reset?: boolean;
}

/** Steps of a probability. */
const STEP = 0.01;

/** The outcomes of the HTTP server, or the faults of the echo server over one protocol. */
export class FaultCard {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #decider: string;
  readonly #sliders = new Map<string, Slider>();
  readonly #sliderBox = h('div', { class: 'sliders' });
  readonly #rest = h('p', { class: 'rest' });
  readonly #profile = h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off' });
  readonly #profileField: Field;
  #shares: readonly Share[] = [];
  #restName = '';
  #profileText = '';
  #inForce: FaultStatus | undefined;
  /** Somebody has typed a profile that is not applied yet. */
  #isTyped = false;

  constructor(app: App, decider: string) {
    this.#app = app;
    this.#decider = decider;
    const { faults } = app.texts;
    this.#profileField = fieldOf(faults.profile, this.#profile, { kind: 'is-profile' });
    const apply = h('button', { type: 'submit' }, faults.apply);
    this.element = h(
      'section',
      { class: 'card faults', 'data-decider': decider },
      h('h3', {}, named(faults.deciders, decider)),
      this.#sliderBox,
      this.#rest,
      h(
        'form',
        {
          class: 'inline',
          on: {
            input: () => {
              this.#isTyped = true;
            },
            submit: (event) => {
              event.preventDefault();
              void this.#apply(this.#profile.value);
            },
          },
        },
        this.#profileField.element,
        apply,
      ),
    );
  }

  /** Shows what the server has in force. */
  show(status: FaultStatus): void {
    const { profile, counts, noun } = status;
    this.#inForce = status;
    const [rest] = counts.slice(-1);
    this.#restName = rest?.fault ?? '';
    this.#profileText = profile;
    const isHeld = [...this.#sliders.values()].some((slider) => slider.isHeld());
    if (isHeld) return;
    const isOfScript = isScript(profile);
    this.#shares = counts
      .slice(0, -1)
      .map(({ fault, probability }) => ({ name: fault, probability: isOfScript ? 0 : probability }));
    this.#makeSliders();
    this.#showShares();
    if (!this.#isTyped) this.#profile.value = profile;
    this.element.classList.toggle('has-script', isOfScript);
    this.element.dataset.noun = noun;
  }

  /** Shows how often each was decided. */
  tally({ total, counts }: Tally): void {
    const { figures, texts } = this.#app;
    for (const { name, count } of counts)
      this.#sliders.get(name)?.note(total > 0 ? texts.faults.seen(figures.percent(count / total)) : '');
  }

  #makeSliders(): void {
    const names = this.#shares.map(({ name }) => name);
    if (names.join() === [...this.#sliders.keys()].join()) return;
    this.#sliders.clear();
    for (const name of names) {
      const slider = sliderOf({
        label: name,
        most: 1,
        step: STEP,
        format: (value) => this.#app.figures.exactPercent(value),
        onMove: (value) => this.#move(name, value),
        onChange: (value) => {
          this.#move(name, value);
          void this.#applyShares();
        },
      });
      this.#sliders.set(name, slider);
    }
    this.#sliderBox.replaceChildren(...[...this.#sliders.values()].map(({ element }) => element));
  }

  #move(name: string, value: number): void {
    this.#shares = withShare(this.#shares, name, value);
    this.#showShares();
    this.#profile.value = profileOf(this.#shares);
    this.#isTyped = false;
  }

  #showShares(): void {
    for (const { name, probability } of this.#shares) this.#sliders.get(name)?.set(probability);
    const { texts, figures } = this.#app;
    const rest = `${this.#restName} ${figures.exactPercent(restOf(this.#shares))}`;
    setText(this.#rest, isScript(this.#profile.value || this.#profileText) ? texts.faults.script : rest);
  }

  /** A slider that is refused goes back to what is in force. */
  async #applyShares(): Promise<void> {
    const isApplied = await this.#apply(profileOf(this.#shares));
    if (!isApplied && this.#inForce) this.show(this.#inForce);
  }

  async #apply(profile: string): Promise<boolean> {
    const decider = this.#decider;
    this.#profileField.refuse([]);
    try {
      const change: Change =
        decider === 'http'
          ? { server: 'http', profile }
          : { server: 'echo', profiles: { [decider]: profile } };
      const all = await this.#app.ask.get<readonly FaultStatus[]>('/controls/faults', {
        method: 'POST',
        body: change,
      });
      this.#isTyped = false;
      const mine = all.find(({ server }) => server === decider);
      if (mine) this.show(mine);
      this.#app.say(this.#app.texts.faults.applied(decider, profile));
      return true;
    } catch (error) {
      this.#profileField.refuse(sentencesOf(error));
      return false;
    }
  }
}

/** The seed of both servers, and the way back to the settings. */
export function seedCard(
  app: App,
  shown: (all: readonly FaultStatus[]) => void,
): { readonly element: HTMLElement; readonly show: (seed: string) => void } {
  const { faults } = app.texts;
  const seed = h('input', { type: 'text', spellcheck: 'false', autocomplete: 'off' });
  const field = fieldOf(faults.seed, seed, { hint: faults.seedHint });
  let isTyped = false;
  const change = async (parts: Omit<Change, 'server'>) => {
    field.refuse([]);
    try {
      const both = (['http', 'echo'] as const).map((server) =>
        app.ask.get<readonly FaultStatus[]>('/controls/faults', {
          method: 'POST',
          body: { server, ...parts },
        }),
      );
      const all = (await Promise.all(both)).flat();
      isTyped = false;
      shown(all);
      app.say(faults.done);
    } catch (error) {
      field.refuse(sentencesOf(error));
    }
  };
  const element = h(
    'form',
    {
      class: 'card seed',
      on: {
        input: () => {
          isTyped = true;
        },
        submit: (event) => {
          event.preventDefault();
          void change({ seed: seed.value });
        },
      },
    },
    field.element,
    h(
      'div',
      { class: 'actions' },
      h('button', { type: 'submit' }, faults.setSeed),
      h(
        'button',
        { type: 'button', class: 'reset', on: { click: () => void change({ reset: true }) } },
        faults.reset,
      ),
    ),
  );
  return {
    element,
    show: (text) => {
      if (!isTyped) seed.value = text;
    },
  };
}
