import { s } from '../dom.ts';

/** A chart is drawn in this size in pixels, with room for its labels. */
export interface Frame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** The size of its letters. */
  readonly letters: number;
}

export type Scale = (value: number) => number;

/** An axis: its scale, and where it has labels. */
export interface Axis {
  readonly scale: Scale;
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
}

export function frameOf(width: number, height: number, { letters = 11, left = 46 } = {}): Frame {
  const scale = letters / 11;
  return {
    width,
    height,
    letters,
    left: left * scale,
    right: 10 * scale,
    top: 8 * scale,
    bottom: 20 * scale,
  };
}

/** A linear scale along the width of a frame. */
export function across({ width, left, right }: Frame, from: number, to: number): Scale {
  const span = to - from || 1;
  return (value) => left + ((value - from) / span) * (width - left - right);
}

/** A linear scale up the height of a frame. */
export function upwards({ height, top, bottom }: Frame, from: number, to: number): Scale {
  const span = to - from || 1;
  return (value) => height - bottom - ((value - from) / span) * (height - top - bottom);
}

/** Grid lines with labels, under a drawing. */
export function axes(frame: Frame, x: Axis, y: Axis): SVGGElement {
  const { left, right, width, height, bottom, letters } = frame;
  const rows = y.ticks.flatMap(({ at, text }) => {
    const level = Math.round(y.scale(at)) + 0.5;
    return [
      s('line', { class: 'grid', x1: left, x2: width - right, y1: level, y2: level }),
      s(
        'text',
        { class: 'tick', x: left - 6, y: level + letters * 0.35, 'text-anchor': 'end', 'font-size': letters },
        text,
      ),
    ];
  });
  const columns = x.ticks.map(({ at, text }, index) => {
    const anchor = index === 0 ? 'start' : index === x.ticks.length - 1 ? 'end' : 'middle';
    const place = { x: x.scale(at), y: height - bottom + letters * 1.35 };
    return s('text', { class: 'tick', ...place, 'text-anchor': anchor, 'font-size': letters }, text);
  });
  return s('g', { class: 'axes' }, ...rows, ...columns);
}

const round = (value: number) => Math.round(value * 10) / 10;

/** A line through points. */
export function lineThrough(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  return points
    .map(([at, value], index) => `${index === 0 ? 'M' : 'L'}${round(x(at))} ${round(y(value))}`)
    .join('');
}

/** Stairs: each value holds until the next. */
export function stairsThrough(points: readonly (readonly [number, number])[], x: Scale, y: Scale): string {
  return points
    .map(([at, value], index) =>
      index === 0 ? `M${round(x(at))} ${round(y(value))}` : `H${round(x(at))}V${round(y(value))}`,
    )
    .join('');
}

/** One mark for each point, as one path. */
export function marksAt(
  points: readonly (readonly [number, number])[],
  x: Scale,
  y: Scale,
  mark: (x: number, y: number) => string,
): string {
  return points.map(([at, value]) => mark(round(x(at)), round(y(value)))).join('');
}

export const marks = {
  dot: (x: number, y: number) => `M${x} ${y}h.01`,
  cross: (x: number, y: number) => `M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7`,
  ring: (x: number, y: number) => `M${x - 3} ${y}a3 3 0 1 0 6 0a3 3 0 1 0 -6 0`,
  diamond: (x: number, y: number) => `M${x - 4} ${y}l4 -4l4 4l-4 4z`,
  square: (x: number, y: number) => `M${x - 3} ${y - 3}h6v6h-6z`,
} as const;
