import type { App } from '../app.ts';
import { h } from '../dom.ts';
import { named } from '../texts/texts.ts';
import { OutcomesChart } from './outcomes.ts';
import { SequenceChart } from './sequence.ts';
import { type Drawn, TimesChart } from './times.ts';

/** In seconds: charts are drawn no more often. */
const CALM = 0.25;
const SHAPES = ['dot', 'ring', 'diamond', 'square'] as const;

/** All charts of the page. They are drawn only while they are seen. */
export class Charts {
  readonly element: HTMLElement;
  readonly #app: App;
  readonly #outcomes = new Map<string, OutcomesChart>();
  readonly #outcomeBox = h('div', { class: 'outcome-charts' });
  readonly #none: HTMLElement;
  readonly #times: readonly TimesChart[];
  readonly #queue: TimesChart;
  readonly #sequence: SequenceChart;
  #isSeen = false;
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(app: App, open: (packet: number) => void) {
    this.#app = app;
    const { session, texts, figures } = app;
    const { charts } = texts;
    const milliseconds = (value: number) => figures.duration(value / 1e3);
    const directions = (of: {
      readonly up: Drawn['series'];
      readonly down: Drawn['series'];
    }): readonly Drawn[] => [
      { kind: 'is-up', text: charts.up, series: of.up, shape: 'stairs' },
      { kind: 'is-down', text: charts.down, series: of.down, shape: 'stairs' },
    ];
    this.#sequence = new SequenceChart(app, open);
    this.#queue = new TimesChart(app, {
      title: charts.queue,
      drawn: () => directions(session.queue),
      format: (value) => figures.number(value),
    });
    this.#times = [
      new TimesChart(app, {
        title: charts.delays,
        drawn: () => delaysOf(app),
        format: milliseconds,
        isLogarithmic: true,
      }),
      new TimesChart(app, {
        title: charts.roundTrips,
        drawn: () => [{ kind: 'is-up', text: '', series: session.roundTrips, shape: 'dot' }],
        format: milliseconds,
        isLogarithmic: true,
      }),
      new TimesChart(app, {
        title: charts.throughput,
        drawn: () => directions(session.throughput),
        format: (value) => figures.rate(value),
      }),
      this.#queue,
    ];
    this.#none = h('p', { class: 'hint' }, charts.noDecisions);
    this.element = h(
      'div',
      { class: 'charts' },
      h('h2', {}, charts.outcomes),
      this.#none,
      this.#outcomeBox,
      h('h2', {}, charts.overTime),
      ...this.#times.map(({ card }) => card.element),
      this.#sequence.card.element,
    );
    new ResizeObserver(([entry]) => {
      this.#isSeen = (entry?.contentRect.width ?? 0) > 0;
    }).observe(this.element);
    session.wire.watch((address) => {
      this.#queue.card.element.hidden = address === undefined;
    });
  }

  draw(now: number): void {
    if (now - this.#drawnAt < CALM || !this.#isSeen) return;
    this.#drawnAt = now;
    this.#drawOutcomes();
    for (const chart of this.#times) chart.draw();
    this.#sequence.draw();
  }

  #drawOutcomes(): void {
    const tallies = this.#app.session.tallies.get().filter(({ counts }) => counts.length > 0);
    for (const tally of tallies) {
      const known = this.#outcomes.get(tally.decider) ?? new OutcomesChart(this.#app, tally.decider);
      if (!this.#outcomes.has(tally.decider)) {
        this.#outcomes.set(tally.decider, known);
        this.#outcomeBox.append(known.card.element);
      }
      known.show(tally);
    }
    this.#none.hidden = tallies.length > 0;
  }
}

function delaysOf({ session, texts }: App): readonly Drawn[] {
  return [...session.delays].map(([decider, series], index) => ({
    kind: `is-decider-${index % SHAPES.length}`,
    text: named(texts.faults.deciders, decider),
    series,
    shape: SHAPES[index % SHAPES.length]!,
  }));
}
