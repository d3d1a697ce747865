import type { SequencePoint } from '../../contract.ts';
import type { App } from '../app.ts';
import { s } from '../dom.ts';
import { ticksTo } from '../model/series.ts';
import { ChartCard, lettersOf } from './card.ts';
import { across, axes, frameOf, marks, marksAt, stairsThrough, upwards } from './plot.ts';

const HEIGHT = 190;

/** Sequence numbers over time, of the transfer or flow that moved last. A click goes to the packet. */
export class SequenceChart {
  readonly card: ChartCard;
  readonly #app: App;
  #version = -1;
  #nearest: ((x: number, y: number) => number | undefined) | undefined;

  constructor(app: App, open: (packet: number) => void) {
    this.#app = app;
    this.card = new ChartCard(app.texts.charts.sequence, () => {
      this.#version = -1;
    });
    this.card.svg.addEventListener('click', ({ offsetX, offsetY }) => {
      const packet = this.#nearest?.(offsetX, offsetY);
      if (packet !== undefined) open(packet);
    });
  }

  draw(): void {
    const { session, texts } = this.#app;
    if (this.card.width === 0 || session.samplesVersion === this.#version) return;
    this.#version = session.samplesVersion;
    const conversation = session.sequence.at(-1)?.conversation;
    const points = session.sequence.filter((point) => point.conversation === conversation);
    if (points.length === 0) this.card.empty(texts.charts.noSequence);
    else this.#drawAll(points);
  }

  #drawAll(points: readonly SequencePoint[]): void {
    const { texts, figures } = this.#app;
    const letters = lettersOf(this.#app);
    const frame = frameOf(this.card.width, (HEIGHT * letters) / 11, { letters, left: 54 });
    const [start, end] = [points[0]!.time, Math.max(points.at(-1)!.time, points[0]!.time + 0.001)];
    const x = across(frame, start, end);
    const ticks = ticksTo(Math.max(...points.map(({ at }) => at), 1));
    const y = upwards(frame, 0, ticks.at(-1)!);
    const of = (kind: SequencePoint['kind']) =>
      points.filter((point) => point.kind === kind).map(({ time, at }) => [time, at] as const);
    const [data, again, acks] = [of('data'), of('retransmission'), of('ack')];
    const axis = {
      scale: x,
      ticks: [start, (start + end) / 2, end].map((at) => ({ at, text: figures.duration(at - start) })),
    };
    const rows = {
      scale: y,
      ticks: ticks.map((at) => ({ at, text: at < 10_000 ? figures.number(at) : figures.bytes(at) })),
    };
    const summary = texts.charts.sequenceOf(
      figures.number(data.length),
      figures.number(again.length),
      figures.number(acks.length),
    );
    this.card.draw(
      frame.height,
      summary,
      axes(frame, axis, rows),
      s('path', { class: 'series is-ack shape-stairs', d: stairsThrough(acks, x, y) }),
      s('path', { class: 'series is-data shape-dot', d: marksAt(data, x, y, marks.dot) }),
      s('path', { class: 'series is-again shape-cross', d: marksAt(again, x, y, marks.cross) }),
    );
    this.card.show(summary);
    this.card.legend([
      { kind: 'series is-data shape-dot', path: marks.dot(12, 8), text: texts.charts.data },
      { kind: 'series is-again shape-cross', path: marks.cross(12, 8), text: texts.charts.again },
      { kind: 'series is-ack shape-stairs', path: 'M2 11h10V5h10', text: texts.charts.acks },
    ]);
    this.#nearest = (left, top) => {
      const distance = (point: SequencePoint) => Math.hypot(x(point.time) - left, y(point.at) - top);
      const best = points.reduce((one, other) => (distance(other) < distance(one) ? other : one));
      return distance(best) < 20 ? best.packet : undefined;
    };
  }
}
