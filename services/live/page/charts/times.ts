import type { Point } from '../../contract.ts';
import type { App } from '../app.ts';
import { s } from '../dom.ts';
import { type Series, ticksTo } from '../model/series.ts';
import { ChartCard, type Legend, lettersOf } from './card.ts';
import {
  type Axis,
  across,
  axes,
  type Frame,
  frameOf,
  lineThrough,
  marks,
  marksAt,
  type Scale,
  stairsThrough,
  upwards,
} from './plot.ts';

/** Seconds that a chart over time shows. */
const SPAN = 60;
const HEIGHT = 130;
/** Pixels for the longest label, `24.0 Mbit/s`. */
const LABELS = 70;

/** One line, or one kind of marks, of a chart over time. */
export interface Drawn {
  readonly kind: string;
  readonly text: string;
  readonly series: Series;
  readonly shape: 'line' | 'stairs' | keyof typeof marks;
}

export interface TimesParts {
  readonly title: string;
  readonly drawn: () => readonly Drawn[];
  readonly format: (value: number) => string;
  /** A logarithmic axis, for times from microseconds to seconds. */
  readonly isLogarithmic?: boolean;
}

/** Values over the last minute. */
export class TimesChart {
  readonly card: ChartCard;
  readonly #app: App;
  readonly #parts: TimesParts;
  #version = -1;
  #drawnAt = 0;

  constructor(app: App, parts: TimesParts) {
    this.#app = app;
    this.#parts = parts;
    this.card = new ChartCard(parts.title, () => {
      this.#version = -1;
    });
  }

  /** Draws again when there are new values, and as the time goes on. */
  draw(): void {
    const { session } = this.#app;
    const end = this.#end;
    if (this.card.width === 0) return;
    if (session.samplesVersion === this.#version && end - this.#drawnAt < 0.5) return;
    this.#version = session.samplesVersion;
    this.#drawnAt = end;
    const all = this.#parts.drawn().map((drawn) => ({ ...drawn, points: drawn.series.since(end - SPAN) }));
    const some = all.filter(({ points }) => points.length > 0);
    if (some.length === 0) this.card.empty(this.#app.texts.charts.nothing);
    else this.#drawAll(some, end);
  }

  /** A run that is played ends with its last value. */
  get #end(): number {
    const { session } = this.#app;
    if (!session.isPlayed) return session.now;
    return Math.max(0, ...this.#parts.drawn().map(({ series }) => series.points.at(-1)?.[0] ?? 0));
  }

  #drawAll(all: readonly (Drawn & { readonly points: readonly Point[] })[], end: number): void {
    const letters = lettersOf(this.#app);
    const { texts, figures } = this.#app;
    const frame = frameOf(this.card.width, (HEIGHT * letters) / 11, { letters, left: LABELS });
    const values = all.flatMap(({ points }) => points.map(([, value]) => value));
    const y = this.#parts.isLogarithmic
      ? this.#logarithmic(frame, values)
      : this.#linear(frame, Math.max(...values));
    const scale = across(frame, end - SPAN, end);
    const clamp: Scale = (time) => scale(Math.max(time, end - SPAN));
    const ticks = [SPAN, SPAN / 2, 0].map((ago) => ({
      at: end - ago,
      text: ago === 0 ? texts.charts.now : `−${figures.number(ago)} s`,
    }));
    const shapes = all.map(({ kind, shape, points }) =>
      s('path', {
        class: `series ${kind} shape-${shape}`,
        d: pathOf(shape, this.#until(shape, points, end), clamp, y.scale),
      }),
    );
    const newest = all
      .map(({ text, points }) => `${text} ${this.#parts.format(points.at(-1)![1])}`)
      .join(' · ');
    this.card.draw(frame.height, newest, axes(frame, { scale, ticks }, y), ...shapes);
    this.card.show(newest);
    const legend: Legend[] =
      all.length < 2
        ? []
        : all.map(({ kind, shape, text }) => ({
            kind: `series ${kind} shape-${shape}`,
            path: shape === 'line' || shape === 'stairs' ? 'M2 8h20' : marks[shape](12, 8),
            text,
          }));
    this.card.legend(legend);
  }

  /** Stairs go on to the end. */
  #until(shape: Drawn['shape'], points: readonly Point[], end: number): readonly Point[] {
    const last = points.at(-1);
    return shape === 'stairs' && last ? [...points, [Math.max(end, last[0]), last[1]]] : points;
  }

  #linear(frame: Frame, highest: number): Axis {
    const ticks = ticksTo(highest, 3);
    return {
      scale: upwards(frame, 0, ticks.at(-1)!),
      ticks: ticks.map((at) => ({ at, text: this.#parts.format(at) })),
    };
  }

  #logarithmic(frame: Frame, values: readonly number[]): Axis {
    const exponent = (value: number) => Math.log10(Math.max(value, 1e-3));
    const low = Math.floor(Math.min(...values.map(exponent)));
    const high = Math.max(low + 1, Math.ceil(Math.max(...values.map(exponent))));
    const linear = upwards(frame, low, high);
    const step = high - low > 4 ? 2 : 1;
    const ticks = Array.from(
      { length: Math.floor((high - low) / step) + 1 },
      (_, index) => 10 ** (low + index * step),
    );
    return {
      scale: (value) => linear(exponent(value)),
      ticks: ticks.map((at) => ({ at, text: this.#parts.format(at) })),
    };
  }
}

function pathOf(shape: Drawn['shape'], points: readonly Point[], x: Scale, y: Scale): string {
  if (shape === 'line') return lineThrough(points, x, y);
  if (shape === 'stairs') return stairsThrough(points, x, y);
  return marksAt(points, x, y, marks[shape]);
}
