import type { Tally } from '../../contract.ts';
import type { App } from '../app.ts';
import { s } from '../dom.ts';
import { intervalOf } from '../model/series.ts';
import { named } from '../texts/texts.ts';
import { ChartCard, lettersOf } from './card.ts';
import { across, frameOf, marks } from './plot.ts';

const ROW = 24;

/** What was configured beside what was decided, for one decider: a diamond and a dot, with the 95 % interval around it. */
export class OutcomesChart {
  readonly card: ChartCard;
  readonly #app: App;
  #tally: Tally | undefined;

  constructor(app: App, decider: string) {
    this.#app = app;
    this.card = new ChartCard(named(app.texts.faults.deciders, decider), () => this.#draw());
  }

  show(tally: Tally): void {
    if (tally === this.#tally) return;
    this.#tally = tally;
    this.#draw();
  }

  #draw(): void {
    const tally = this.#tally;
    if (!tally || this.card.width === 0) return;
    const { texts, figures } = this.#app;
    const letters = lettersOf(this.#app);
    const row = (ROW * letters) / 11;
    const left = 12 + 6.4 * Math.max(4, ...tally.counts.map(({ name }) => name.length));
    const frame = {
      ...frameOf(this.card.width, row * tally.counts.length + 26 * (letters / 11), { letters, left }),
      right: 44 * (letters / 11),
    };
    const x = across(frame, 0, 1);
    const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
      const line = s('line', {
        class: 'grid',
        x1: x(share),
        x2: x(share),
        y1: frame.top,
        y2: frame.height - frame.bottom,
      });
      const text = s(
        'text',
        {
          class: 'tick',
          x: x(share),
          y: frame.height - frame.bottom + letters * 1.35,
          'text-anchor': 'middle',
          'font-size': letters,
        },
        figures.number(share * 100),
      );
      return s('g', {}, line, text);
    });
    const rows = tally.counts.map((counted, index) =>
      this.#row(counted, tally.total, { x, y: frame.top + row * (index + 0.5), letters, frame }),
    );
    this.card.draw(frame.height, describe(tally, this.#app), ...ticks, ...rows);
    this.card.show(texts.charts.decisions(tally.total, figures.number(tally.total)));
    this.card.legend([
      { kind: 'configured', path: marks.diamond(12, 8), text: texts.charts.configured },
      { kind: 'observed', path: marks.dot(12, 8), text: texts.charts.observed },
      { kind: 'interval', path: 'M2 8h20M2 4v8M22 4v8', text: texts.charts.interval },
    ]);
  }

  #row(
    { name, probability, count }: Tally['counts'][number],
    total: number,
    {
      x,
      y,
      letters,
      frame,
    }: {
      readonly x: (share: number) => number;
      readonly y: number;
      readonly letters: number;
      readonly frame: { readonly left: number; readonly width: number };
    },
  ): SVGGElement {
    const { figures } = this.#app;
    const [low, high] = intervalOf(count, total);
    const hasAny = total > 0;
    return s(
      'g',
      { class: 'outcome' },
      s(
        'text',
        {
          class: 'row-name',
          x: frame.left - 8,
          y: y + letters * 0.36,
          'text-anchor': 'end',
          'font-size': letters,
        },
        name,
      ),
      hasAny &&
        s('path', {
          class: 'interval',
          d: `M${x(low)} ${y}H${x(high)}M${x(low)} ${y - 4}v8M${x(high)} ${y - 4}v8`,
        }),
      probability !== undefined && s('path', { class: 'configured', d: marks.diamond(x(probability), y) }),
      hasAny && s('path', { class: 'observed', d: marks.dot(x(count / total), y) }),
      s(
        'text',
        {
          class: 'tick',
          x: frame.width - 2,
          y: y + letters * 0.36,
          'text-anchor': 'end',
          'font-size': letters,
        },
        hasAny ? figures.percent(count / total) : '',
      ),
    );
  }
}

function describe({ counts, total }: Tally, { texts, figures }: App): string {
  const parts = counts.map(({ name, probability, count }) => {
    const configured =
      probability === undefined ? '' : `${texts.charts.configured} ${figures.exactPercent(probability)}, `;
    return `${name}: ${configured}${texts.charts.observed} ${figures.percent(total === 0 ? Number.NaN : count / total)}`;
  });
  return parts.join('; ');
}
