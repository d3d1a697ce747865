import type { FaultStatus } from '#lib/faults/faults.ts';
import type { WireStatus } from '../../../wire/control.ts';
import type { App } from '../app.ts';
import { sentencesOf } from '../ask.ts';
import { h } from '../dom.ts';
import { FaultCard, seedCard } from './faults.ts';
import { problemList } from './field.ts';
import { WireCard } from './wire.ts';

/** Answer to `GET /controls`. */
interface Status {
  readonly faults: readonly FaultStatus[];
  readonly wire?: WireStatus | undefined;
}

/** In ms: what others change is read again after this time. */
const CALM = 300;

/** Outcomes and faults of both servers, and the conditions of the wire. */
export class Controls {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #cards = new Map<string, FaultCard>();
  readonly #cardBox = h('div', { class: 'fault-cards' });
  readonly #wireBox = h('div', {});
  readonly #problems = problemList();
  readonly #seed: ReturnType<typeof seedCard>;
  #wire: WireCard | undefined;
  #inForce = '';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.#app = app;
    this.#seed = seedCard(app, (all) => this.#showFaults(all));
    this.element = h(
      'div',
      { class: 'controls' },
      h('h2', {}, app.texts.faults.name),
      this.#problems.element,
      this.#cardBox,
      this.#seed.element,
      this.#wireBox,
    );
    app.session.tallies.watch((tallies) => {
      for (const tally of tallies) this.#cards.get(tally.decider)?.tally(tally);
      const inForce = tallies.map(({ decider, profile, seed }) => `${decider} ${profile} ${seed}`).join('\n');
      if (inForce === this.#inForce) return;
      this.#inForce = inForce;
      this.#readLater();
    });
    app.session.hello.watch(() => this.#readLater());
    app.session.wire.watch(() => this.#readLater());
  }

  #readLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#read(), CALM);
  }

  async #read(): Promise<void> {
    if (this.#app.session.hello.get()?.rights !== 'control' || this.#app.session.isPlayed) return;
    try {
      const { faults, wire } = await this.#app.ask.get<Status>('/controls');
      this.#problems.show([]);
      this.#showFaults(faults);
      this.#showWire(wire);
    } catch (error) {
      this.#problems.show(sentencesOf(error));
    }
  }

  #showFaults(all: readonly FaultStatus[]): void {
    for (const status of all) {
      const card = this.#cards.get(status.server) ?? new FaultCard(this.#app, status.server);
      if (!this.#cards.has(status.server)) {
        this.#cards.set(status.server, card);
        this.#cardBox.append(card.element);
        const tally = this.#app.session.tallies.get().find(({ decider }) => decider === status.server);
        if (tally) card.tally(tally);
      }
      card.show(status);
    }
    if (all[0]) this.#seed.show(all[0].seed);
  }

  #showWire(status: WireStatus | undefined): void {
    if (!status) {
      this.#wire = undefined;
      const { wire } = this.#app.texts;
      this.#wireBox.replaceChildren(
        h(
          'section',
          { class: 'card' },
          h('h3', {}, wire.name),
          h('p', { class: 'hint' }, wire.none),
          h('code', {}, 'make wire LOSS=0.05'),
        ),
      );
      return;
    }
    if (!this.#wire) {
      this.#wire = new WireCard(this.#app);
      this.#wireBox.replaceChildren(this.#wire.element);
    }
    this.#wire.show(status);
  }
}
